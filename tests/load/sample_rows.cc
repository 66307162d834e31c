#include "tests/load/sample_rows.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "corridor/programmes/v1/partner.pb.h"
#include "platform/status/status.h"
#include "services/indicators/packed_observations.h"

namespace corridor::load {
namespace {

constexpr int kPeriodsPerSeries = 60;

constexpr std::string_view kSchema = R"sql(-- oldest binary: 1
CREATE TABLE partners (id TEXT NOT NULL PRIMARY KEY, display_name TEXT NOT NULL, body BLOB NOT NULL,
  from_version INTEGER NOT NULL);
CREATE TABLE partners_history (id TEXT NOT NULL, display_name TEXT NOT NULL, body BLOB NOT NULL,
  from_version INTEGER NOT NULL, to_version INTEGER NOT NULL, PRIMARY KEY (id, from_version));
CREATE TABLE series (id TEXT NOT NULL, release_id TEXT NOT NULL, body BLOB NOT NULL, from_version INTEGER NOT NULL,
  PRIMARY KEY (id, release_id));
CREATE TABLE series_history (id TEXT NOT NULL, release_id TEXT NOT NULL, body BLOB NOT NULL,
  from_version INTEGER NOT NULL, to_version INTEGER NOT NULL, PRIMARY KEY (id, release_id, from_version));
)sql";

constexpr std::string_view kPlainSchema = R"sql(
CREATE TABLE partners (id TEXT NOT NULL PRIMARY KEY, display_name TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE series (id TEXT NOT NULL, release_id TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (id, release_id));
)sql";

constexpr std::string_view kRelease = "2024-03-26";

std::string DisplayName(size_t number) {
  return absl::StrCat("Association for Families of Region ", number);
}

// Steps through figures without a pattern that packing could use.
int64_t Scattered(size_t seed, int step) {
  return static_cast<int64_t>((seed * 2654435761u + static_cast<size_t>(step) * 40503u) % 900) +
         100;
}

}  // namespace

const store::Table& Partners() {
  static const auto* table = new store::Table{"partners", {"id"}, {"display_name", "body"}};
  return *table;
}

const store::Table& Series() {
  static const auto* table = new store::Table{"series", {"id", "release_id"}, {"body"}};
  return *table;
}

std::string PartnerId(size_t number) { return absl::StrFormat("PARTNER_OF_REGION_%05d", number); }

std::string PartnerBody(size_t number, int edition) {
  programmes::v1::Partner partner;
  partner.set_name(absl::StrCat("partners/", PartnerId(number)));
  partner.set_display_name(DisplayName(number));
  partner.set_kind(programmes::v1::Partner::NATIONAL_NGO);
  partner.set_area("areas/ROU");
  partner.set_note(absl::StrCat("Named in report ", edition, " as partner ", number, "."));
  auto& citation = *partner.add_citations();
  citation.set_source("IOM_PRAGUE_PAGE");
  citation.set_kind(common::v1::Citation::OFFICIAL);
  citation.set_claimant("IOM Prague");
  citation.set_title("Assistance to unaccompanied minors and families at risk");
  citation.set_locator(absl::StrCat("https://example.org/projects/archive/", number));
  citation.set_published_text("association for families");
  citation.set_note("Archived page; the partner is named in the list of those who took part.");
  return partner.SerializeAsString();
}

std::string SeriesId(size_t number) { return absl::StrFormat("POV_2USD.A%05d._.A.WB_PIP", number); }

std::string SeriesBody(size_t number, int edition) {
  std::vector<indicators::PackedObservation> observations(kPeriodsPerSeries);
  Period period = {.frequency = Frequency::kAnnual, .year = 1965};
  for (int i = 0; i < kPeriodsPerSeries; ++i) {
    observations[static_cast<size_t>(i)].period = period;
    observations[static_cast<size_t>(i)].value =
        indicators::Decimal(Scattered(number + static_cast<size_t>(edition), i), 1);
    period = Next(period);
  }
  return indicators::PackObservations(observations);
}

std::unique_ptr<store::VersionedStore> OpenRows(std::unique_ptr<store::Database> database) {
  auto opened = store::VersionedStore::Open(
      std::move(database), {{store::kServiceSeries, {{"0001_rows.sql", kSchema}}}},
      store::Migrate::kAuto, {Partners(), Series()}, absl::Now);
  if (opened.ok()) return *std::move(opened);
  std::fprintf(stderr, "%s\n", opened.status().ToString().c_str());
  std::abort();
}

absl::Status PutPartners(store::Writer& writer, size_t first, size_t count, int edition) {
  for (size_t number = first; number < first + count; ++number) {
    const std::string id = PartnerId(number);
    const std::string name = DisplayName(number);
    const std::string body = PartnerBody(number, edition);
    RETURN_IF_ERROR(writer.Put(Partners(),
                               {std::string_view(id), std::string_view(name), store::Blob{body}},
                               "partners/" + id));
  }
  return absl::OkStatus();
}

absl::Status PutSeries(store::Writer& writer, size_t first, size_t count, int edition) {
  for (size_t number = first; number < first + count; ++number) {
    const std::string id = SeriesId(number);
    const std::string body = SeriesBody(number, edition);
    RETURN_IF_ERROR(
        writer.Put(Series(), {std::string_view(id), kRelease, store::Blob{body}}, "series/" + id));
  }
  return absl::OkStatus();
}

absl::Status MakePlainTables(store::Transaction& transaction) {
  return transaction.ExecuteScript(kPlainSchema);
}

absl::Status InsertPlain(store::Transaction& transaction, size_t first, size_t count) {
  for (size_t number = first; number < first + count; ++number) {
    const std::string partner = PartnerId(number);
    const std::string name = DisplayName(number);
    const std::string partner_body = PartnerBody(number, 0);
    RETURN_IF_ERROR(
        transaction
            .Execute("INSERT INTO partners VALUES (?1, ?2, ?3)",
                     {std::string_view(partner), std::string_view(name), store::Blob{partner_body}})
            .status());
    const std::string series = SeriesId(number);
    const std::string series_body = SeriesBody(number, 0);
    RETURN_IF_ERROR(transaction
                        .Execute("INSERT INTO series VALUES (?1, ?2, ?3)",
                                 {std::string_view(series), kRelease, store::Blob{series_body}})
                        .status());
  }
  return absl::OkStatus();
}

}  // namespace corridor::load
