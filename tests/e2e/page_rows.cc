#include "tests/e2e/page_rows.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/e2e/json_text.h"

namespace corridor::e2e {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Rows = std::vector<Row>;
using Answer = std::vector<Expected>;

constexpr char kIom[] = "/v1/organisations/IOM";
constexpr char kProgrammeArea[] = "/v1/programmeAreas/MIGRATION_AND_DEVELOPMENT";
constexpr char kProject[] = "/v1/projects/IOM_PRAGUE_ROU_MINORS_2002";
constexpr char kPage[] = "iom.cz/aktivity/migration-and-development";

// That one of the citations at `path` is the page, and where on the page it points.
Expected CitesAt(const std::string& path, const std::string& place) {
  return {absl::StrCat(path,
                       "[source=IOM_PRAGUE_PAGE][kind=OFFICIAL][claimant=IOM Prague]"
                       "[title=Migration and Development].locator"),
          place.empty() ? kPage : absl::StrCat(kPage, ", ", place)};
}
Expected Cites(const std::string& place) { return CitesAt("citations", place); }

Expected Dated(const std::string& path, const std::string& text, const std::string& earliest,
               const std::string& latest) {
  return {path, absl::StrCat("{earliest: ", earliest, ", latest: ", latest, ", text: ", text, "}")};
}
Expected InYear(const std::string& path, const std::string& year) {
  return Dated(path, year, absl::StrCat(year, "-01-01"), absl::StrCat(year, "-12-31"));
}

Rows Headings() {
  return {
      {"H1",
       "IOM today",
       kIom,
       {{"displayName", "International Organization for Migration"},
        {"statements[topic=NATURE].citations[source=IOM_PRAGUE_PAGE].locator",
         StartsWith(absl::StrCat(kPage, ", IOM today"))}}},
      {"H2",
       "the programme area is called migration and development",
       kProgrammeArea,
       {{"displayName", "Migration and Development"}, Cites("Migration and Development, title")}},
      {"L1",
       "link to the global site, without its address",
       kIom,
       {{"links[rel=GLOBAL_SITE].label", "IOM Global site"},
        {"links[rel=GLOBAL_SITE].uri", ""},
        {"links[rel=GLOBAL_SITE].citations[0].note",
         "The page names the link; its address was not kept."},
        CitesAt("links[rel=GLOBAL_SITE].citations", "")}},
      {"L2",
       "link to the regional site, without its address",
       kIom,
       {{"links[rel=REGIONAL_SITE].label", "IOM Regional"},
        {"links[rel=REGIONAL_SITE].uri", ""},
        {"links[rel=REGIONAL_SITE].citations[0].note",
         "The page names the link; its address was not kept."},
        CitesAt("links[rel=REGIONAL_SITE].citations", "")}},
  };
}

Row NoListOfObservers(const std::string& kind) {
  return {absl::StrCat("2b_", kind),
          absl::StrCat("observers of kind ", kind, ", how many unknown"),
          absl::StrCat(kIom, "/memberships:count?status=OBSERVER&asOf=2018-01-01&partyKind=", kind),
          {{"complete", "false"},
           {"completeness[*].partyKind", kind},
           {"completeness[0].reason", Not("")}}};
}

Rows IomToday() {
  return {
      {"1a",
       "an intergovernmental organisation, established in 1951",
       kIom,
       {{"kind", "IGO"},
        InYear("established", "1951"),
        {"statements[topic=NATURE].text", AllOf(HasSubstr("intergovernmental"), HasSubstr("1951"))},
        CitesAt("statements[topic=NATURE].citations", "IOM today, first sentence"),
        Cites("IOM today, first sentence")}},
      {"1b",
       "humane and orderly migration benefits migrants and society",
       kIom,
       {{"statements[topic=PRINCIPLE].text", HasSubstr("humane and orderly migration")},
        CitesAt("statements[topic=PRINCIPLE].citations", "IOM today, first sentence")}},
      {"2a",
       "169 member states at the beginning of 2018",
       absl::StrCat(kIom, "/memberships:count?status=MEMBER&asOf=2018-01-01"),
       {{"certain", "169"},
        {"possible", "169"},
        {"complete", "true"},
        {"reported[#]", "1"},
        {"reported[0].count", "169"},
        {"reported[0].consistent", "true"},
        {"reported[0].citations[0].publishedText", "169 member states at the beginning of 2018"},
        CitesAt("reported[0].citations", "")}},
      {"2a_list",
       "which 169",
       absl::StrCat(kIom, "/memberships?status=MEMBER&asOf=2018-01-01&pageSize=1000"),
       {{"memberships[#]", "169"}, {"nextPageToken", ""}}},
      {"2b",
       "many observers: states, intergovernmental and non-governmental organisations",
       kIom,
       {{"statements[topic=OBSERVERS].text",
         AllOf(HasSubstr("many observers"), HasSubstr("states"), HasSubstr("intergovernmental"),
               HasSubstr("non-governmental"))},
        CitesAt("statements[topic=OBSERVERS].citations", "IOM today, list item")}},
      NoListOfObservers("STATE"),
      NoListOfObservers("IGO"),
      NoListOfObservers("NGO"),
  };
}

Expected Statement(const std::string& topic, ::testing::Matcher<std::string> text) {
  return {absl::StrCat("statements[topic=", topic, "].text"), std::move(text)};
}
Expected StatementCites(const std::string& topic, const std::string& place) {
  return CitesAt(absl::StrCat("statements[topic=", topic, "].citations"),
                 absl::StrCat("Migration and Development, ", place));
}

// A stakeholder of the programme area, its role, and where the page names it.
Row Stakeholder(const std::string& sentence, const std::string& name, const std::string& role,
                const std::string& place) {
  const std::string stakeholder = absl::StrCat("stakeholders[displayName=", name, "]");
  return {sentence,
          absl::StrCat("stakeholder: ", name),
          kProgrammeArea,
          {{absl::StrCat(stakeholder, ".role"), role},
           CitesAt(absl::StrCat(stakeholder, ".citations"),
                   absl::StrCat("Migration and Development, ", place))}};
}

Row ActivityType(const std::string& sentence, const std::string& id, const std::string& place,
                 Answer answer) {
  answer.push_back({"programmeArea", "programmeAreas/MIGRATION_AND_DEVELOPMENT"});
  answer.push_back(Cites(absl::StrCat("Migration and Development, second paragraph, ", place)));
  return {sentence, absl::StrCat("kind of activity: ", id), absl::StrCat("/v1/activityTypes/", id),
          std::move(answer)};
}

Rows ProgrammeArea() {
  return {
      {"3a",
       "properly managed, migration lets both ends grow and prosper",
       kProgrammeArea,
       {Statement("APPROACH", AllOf(HasSubstr("properly managed"),
                                    HasSubstr("countries of origin and of destination"),
                                    HasSubstr("migrants themselves"))),
        StatementCites("APPROACH", "first paragraph, first sentence")}},
      Stakeholder("3b_origin", "Countries of origin", "BENEFICIARY",
                  "first paragraph, first sentence"),
      Stakeholder("3b_destination", "Countries of destination", "BENEFICIARY",
                  "first paragraph, first sentence"),
      {"4a",
       "the aim: the potential of migration for migrants and societies",
       kProgrammeArea,
       {Statement("AIM", HasSubstr("individual migrants and of societies")),
        StatementCites("AIM", "first paragraph, second sentence")}},
      Stakeholder("4b_migrants", "Individual migrants", "BENEFICIARY", "first paragraph"),
      Stakeholder("4b_societies", "Societies", "BENEFICIARY", "first paragraph, second sentence"),
      {"5",
       "what its activities include",
       kProgrammeArea,
       {Statement("SCOPE",
                  AllOf(HasSubstr("countries of origin"), HasSubstr("where emigration is high"),
                        HasSubstr("remittances"), HasSubstr("return and reintegration"))),
        StatementCites("SCOPE", "second paragraph")}},
      ActivityType("5a", "INVOLVING_MIGRANTS", "first kind of activity",
                   {{"target", "Governments and other stakeholders"},
                    {"description",
                     AllOf(HasSubstr("migrant populations"), HasSubstr("countries of origin"))}}),
      Stakeholder("5a_governments", "Governments", "CAPACITY_BUILT", "second paragraph"),
      Stakeholder("5a_others", "Other stakeholders", "CAPACITY_BUILT", "second paragraph"),
      Stakeholder("5a_migrants", "Migrant populations", "INVOLVED", "second paragraph"),
      ActivityType("5b", "HIGH_EMIGRATION_AREAS", "second kind of activity",
                   {{"target", "Areas with a high level of emigration"},
                    {"description", AllOf(HasSubstr("economy"), HasSubstr("communities"))}}),
      ActivityType("5c", "REMITTANCES", "third kind of activity",
                   {{"target", ""}, {"description", HasSubstr("remittances")}}),
      ActivityType("5d", "RETURN_OF_QUALIFIED_NATIONALS", "fourth kind of activity",
                   {{"displayName", "Return and reintegration of qualified nationals"},
                    {"target", "Qualified nationals"}}),
      {"5_all",
       "four kinds of activity and no more",
       "/v1/activityTypes",
       {{"activityTypes[*].name",
         "activityTypes/HIGH_EMIGRATION_AREAS | activityTypes/INVOLVING_MIGRANTS | "
         "activityTypes/REMITTANCES | activityTypes/RETURN_OF_QUALIFIED_NATIONALS"},
        {"nextPageToken", ""}}},
      {"6",
       "projects and programmes are classified",
       kProgrammeArea,
       {Statement("CLASSIFICATION", HasSubstr("IOM_PRAGUE_HEADINGS")),
        StatementCites("CLASSIFICATION", "third paragraph and its list")}},
      {"6ab",
       "by two classes",
       "/v1/classifications/IOM_PRAGUE_HEADINGS",
       {{"programmeArea", "programmeAreas/MIGRATION_AND_DEVELOPMENT"},
        {"complete", "true"},
        {"validFrom", kAbsent},
        {"classes[*].classId", "ECONOMIC_COMMUNITY_DEVELOPMENT | QUALIFIED_HUMAN_RESOURCES"},
        {"classes[*].displayName",
         "Migration and Economic/Community Development | "
         "Capacity Building Through Qualified Human Resources and Experts"},
        Cites("Migration and Development, third paragraph and its list")}},
  };
}

// Correspondences as `FROM TO RELATION` lines, each with its reasoning, and all concluded by us.
Row Crosswalk(const std::string& id, const Answer& entries, const std::string& count) {
  Row row = {absl::StrCat("X_", id), "which classes correspond, and by what reasoning",
             absl::StrCat("/v1/crosswalks/", id), entries};
  row.answer.push_back({"entries[#]", count});
  row.answer.push_back({"entries[reasoning=][#]", "0"});
  row.answer.push_back(
      {"citations[0][source=INFERRED_CROSSWALK][kind=INFERRED][claimant=Corridor].reasoning",
       AllOf(Not(""), Not(kAbsent))});
  return row;
}
Expected Corresponds(const std::string& from, const std::string& to, const std::string& relation) {
  return {absl::StrCat("entries[fromClass=", from, "][toClass=", to, "].relation"), relation};
}

Rows OtherClassifications() {
  return {
      {"X_IOM_BUDGET_2018",
       "the budget of 2018 has classes of its own",
       "/v1/classifications/IOM_BUDGET_2018",
       {{"classes[*].classId", "III.1 | III.2 | III.3 | III.4"},
        {"classes[*].displayName",
         "Migration and Economic/Community Development | "
         "Return and Reintegration of Qualified Nationals | Remittances | "
         "Migration, Environment and Climate Change"},
        {"validFrom", "{latest: 2018-01-01, text: ../2018-01-01}"},
        {"complete", "true"},
        {"citations[source=IOM_C_108_6].note", HasSubstr("were not seen on a page")}}},
      {"X_DAC_PURPOSE_CODES",
       "the two codes of the DAC on migration and remittances",
       "/v1/classifications/DAC_PURPOSE_CODES",
       {{"classes[*].classId", "15190 | 24050"},
        {"maintainer", "OECD DAC"},
        {"complete", "false"},
        {"citations[source=DAC_PURPOSE_CODES][kind=CODE_LIST].locator",
         EndsWith("items 15190 and 24050")}}},
      Crosswalk("IOM_PRAGUE_HEADINGS_TO_IOM_BUDGET_2018",
                {Corresponds("ECONOMIC_COMMUNITY_DEVELOPMENT", "III.1", "NARROWER"),
                 Corresponds("ECONOMIC_COMMUNITY_DEVELOPMENT", "III.3", "NARROWER"),
                 Corresponds("QUALIFIED_HUMAN_RESOURCES", "III.2", "NARROWER")},
                "3"),
      Crosswalk("IOM_BUDGET_2018_TO_DAC",
                {Corresponds("III.1", "15190", "RELATED"), Corresponds("III.2", "15190", "BROADER"),
                 Corresponds("III.3", "15190", "RELATED"), Corresponds("III.3", "24050", "EXACT"),
                 Corresponds("III.4", "15190", "RELATED")},
                "5"),
      Crosswalk("IOM_PRAGUE_HEADINGS_TO_DAC",
                {Corresponds("ECONOMIC_COMMUNITY_DEVELOPMENT", "15190", "RELATED"),
                 Corresponds("ECONOMIC_COMMUNITY_DEVELOPMENT", "24050", "NARROWER"),
                 Corresponds("QUALIFIED_HUMAN_RESOURCES", "15190", "RELATED")},
                "3"),
  };
}

struct Note {
  std::string id;  // Begins with the code of its area.
  std::string topic;
  std::string place;  // Of the page.
};

// A context note of an area; what `answer` does not say of its dates is that they are not stated.
Row ContextNote(const std::string& sentence, const std::string& area, const Note& note,
                Answer answer) {
  Row row = {sentence,
             absl::StrCat("note ", note.id),
             absl::StrCat("/v1/contextNotes/", note.id),
             {{"area", absl::StrCat("areas/", area)},
              {"topic", note.topic},
              Cites(absl::StrCat("paragraph on ", note.place))}};
  for (const char* date : {"start", "end"}) {
    const auto is_date = [date](const Expected& expected) { return expected.path == date; };
    if (std::none_of(answer.begin(), answer.end(), is_date)) row.answer.push_back({date, kAbsent});
  }
  for (Expected& expected : answer) row.answer.push_back(std::move(expected));
  return row;
}

Rows Armenia() {
  return {
      ContextNote("7a", "ARM", {"ARM_DECLINE", "ECONOMY", "Armenia, first sentence"},
                  {InYear("end", "1994"),
                   {"dateBasis", HasSubstr("stopped")},
                   {"text", AllOf(HasSubstr("declined"), HasSubstr("Soviet Union"))}}),
      ContextNote("7b", "ARM", {"ARM_GROWTH", "ECONOMY", "Armenia, first sentence"},
                  {InYear("start", "1995"),
                   {"dateBasis", HasSubstr("1994")},
                   {"text", HasSubstr("each year after 1994")}}),
      ContextNote("8", "ARM",
                  {"ARM_LIVING_STANDARD", "LIVING_STANDARDS", "Armenia, second sentence"},
                  {{"dateBasis", ""},
                   {"text", HasSubstr("standard of living")},
                   {"citations[0].note", HasSubstr("does not say which")}}),
      ContextNote("9a", "ARM", {"ARM_PRO_POOR_POLICY", "POVERTY", "Armenia, third sentence"},
                  {InYear("start", "2000"),
                   {"dateBasis", HasSubstr("2000")},
                   {"text", AllOf(HasSubstr("Poverty Reduction Strategy"),
                                  HasSubstr("Millennium Development Goals"),
                                  HasSubstr("target the poor"))}}),
      {"9b",
       "the target: halve extreme poverty by 2015, from what is not stated",
       "/v1/targets/ARM_EXTREME_POVERTY_2015",
       {{"area", "areas/ARM"},
        {"indicator", ""},
        {"direction", "AT_MOST"},
        {"factor", "0.5"},
        {"goalValue", kAbsent},
        {"baselineValue", kAbsent},
        {"baselinePeriod", ""},
        InYear("due", "2015"),
        {"adopted", kAbsent},
        {"note", HasSubstr("Not stated")},
        {"assessment.verdict", "CANNOT_SAY"},
        {"citations[0].publishedText", "reduction of extreme poverty by half by 2015"},
        Cites("paragraph on Armenia, third sentence")}},
      {"9b_assessed",
       "nobody can say whether it was met",
       "/v1/targets/ARM_EXTREME_POVERTY_2015:assess",
       {{"verdict", "CANNOT_SAY"},
        {"goal", kAbsent},
        {"bySeries", "[]"},
        {"reason", AllOf(HasSubstr("indicator it is measured is not stated"),
                         HasSubstr("baseline is not stated"))}}},
      {"9b_list",
       "it is the target of Armenia",
       "/v1/targets?area=ARM",
       {{"targets[*].name", "targets/ARM_EXTREME_POVERTY_2015"}}},
      {"9b_profile",
       "it is in Armenia's profile",
       "/v1/areas/ARM/profile",
       {{"targets[*].name", "targets/ARM_EXTREME_POVERTY_2015"},
        {"targets[0].assessment.verdict", "CANNOT_SAY"},
        {"missing", "[]"}}},
  };
}

// A note that the page takes from the report on Georgia.
Row GeorgiaNote(const std::string& sentence, const Note& note, Answer answer) {
  answer.push_back({"citations[*].source", "GEORGIA_HDR_2008 | IOM_PRAGUE_PAGE"});
  answer.push_back({"citations[0].claimant", "UNDP Georgia"});
  return ContextNote(sentence, "GEO", note, std::move(answer));
}

Rows Georgia() {
  return {
      GeorgiaNote("10", {"GEO_INCOMES", "INCOME", "Georgia, first sentence"},
                  {Dated("start", "1991/2008", "1991-01-01", "2008-12-31"),
                   {"dateBasis", AllOf(HasSubstr("1991"), HasSubstr("2008"))},
                   {"text", HasSubstr("lower than they were in 1991")}}),
      GeorgiaNote("11", {"GEO_GOVERNMENT_2004", "POVERTY", "Georgia, second sentence"},
                  {InYear("start", "2004"),
                   {"text", AllOf(HasSubstr("unemployment"), HasSubstr("most pressing"))}}),
      GeorgiaNote("12", {"GEO_POVERTY_METHODOLOGY", "POVERTY", "Georgia, third to fifth sentence"},
                  {{"text", HasSubstr("methodology")}}),
      {"13",
       "25 percent by UNDP's estimate of two dollars a day",
       "/v1/observations?indicator=POV_2USD&area=GEO&source=GEORGIA_HDR_2008",
       {{"observations[#]", "1"},
        {"observations[0].series", "series/POV_2USD~GEO~_U~GEORGIA_HDR_2008"},
        {"observations[0].value", "25"},
        {"observations[0].valueText", "25"},
        {"observations[0].publishedText", "25 percent"},
        {"observations[0].roundedTo", "1"},
        {"observations[0].low", "24.5"},
        {"observations[0].high", "25.5"},
        {"observations[0].unit", "PERCENT"},
        {"observations[0].status", "E"},
        {"observations[0].frequency", "_U"},
        {"observations[0].period", ""},
        {"observations[0].source", "sources/GEORGIA_HDR_2008"},
        {"observations[0].release", "2008"},
        InYear("observations[0].released", "2008"),
        {"observations[0].citations[*].source", "GEORGIA_HDR_2008 | IOM_PRAGUE_PAGE"},
        CitesAt("observations[0].citations", "paragraph on Georgia, third to sixth sentence")}},
      {"14",
       "a crude figure, but comparable",
       "/v1/observations?indicator=POV_2USD&area=GEO&source=GEORGIA_HDR_2008",
       {{"observations[0].method",
         AllOf(HasSubstr("crude"), HasSubstr("comparison with other countries"))},
        CitesAt("observations[0].citations", "paragraph on Georgia, third to sixth sentence")}},
      GeorgiaNote("14_note",
                  {"GEO_POVERTY_METHODOLOGY", "POVERTY", "Georgia, third to fifth sentence"},
                  {{"text", AllOf(HasSubstr("POV_2USD"), HasSubstr("crude"),
                                  HasSubstr("comparison with other countries"))}}),
      GeorgiaNote("15a", {"GEO_POVERTY_NO_CONSENSUS", "POVERTY", "Georgia, sixth sentence"},
                  {{"text", HasSubstr("no consensus")}}),
      GeorgiaNote("15b", {"GEO_POVERTY_LITTLE_CHANGE", "POVERTY", "Georgia, sixth sentence"},
                  {Dated("start", "2003/2004", "2003-01-01", "2004-12-31"),
                   {"dateBasis", AllOf(HasSubstr("2003"), HasSubstr("2008"))},
                   {"text", AllOf(HasSubstr("extreme poverty"), HasSubstr("four years"))}}),
      {"16",
       "the report that the paragraph rests on",
       "/v1/sources/GEORGIA_HDR_2008",
       {{"displayName", "Georgia Human Development Report 2008: The Reforms and Beyond"},
        {"publisher", "UNDP Georgia"},
        InYear("published", "2008"),
        {"citedBy", "sources/IOM_PRAGUE_PAGE"},
        {"derivedFrom", "[]"}}},
      {"16_dataset",
       "the page's reference to it",
       "/v1/datasets/GEORGIA_HDR_2008",
       {{"source", "sources/GEORGIA_HDR_2008"},
        Cites("paragraph on Georgia, first sentence and closing reference")}},
  };
}

// The one observation of an indicator for Moldova.
Row MoldovaObservation(const std::string& sentence, const std::string& indicator,
                       const std::string& published_text, Answer answer) {
  const std::string place = "paragraph on Moldova, second sentence";
  Row row = {sentence,
             absl::StrCat(indicator, ": ", published_text),
             absl::StrCat("/v1/observations?area=MDA&indicator=", indicator),
             {{"observations[#]", "1"},
              {"observations[0].frequency", "Q"},
              {"observations[0].period", "2009-Q3"},
              {"observations[0].periodStart", "2009-07-01"},
              {"observations[0].periodEnd", "2009-09-30"},
              {"observations[0].publishedText", published_text},
              {"observations[0].unit", "PERSONS"},
              {"observations[0].status", "A"},
              {"observations[0].release", "2009-Q3"},
              {"observations[0].released", kAbsent},
              {"observations[0].citations[*].source", "MDA_MET_NSB | IOM_PRAGUE_PAGE"},
              {"observations[0].citations[1].publishedText", published_text},
              CitesAt("observations[0].citations", place)}};
  for (Expected& expected : answer) row.answer.push_back(std::move(expected));
  return row;
}

Rows Moldova() {
  return {
      ContextNote("17", "MDA", {"MDA_EMIGRATION", "EMIGRATION", "Moldova, first sentence"},
                  {{"text", AllOf(HasSubstr("country of emigration"), HasSubstr("permanent"))}}),
      MoldovaObservation("18a", "NATIONALS_ABROAD_WORKING", "317 900",
                         {{"observations[0].value", "317900"},
                          {"observations[0].valueText", "317900"},
                          {"observations[0].roundedTo", "1"}}),
      MoldovaObservation("18b", "NATIONALS", "3,5 million",
                         {{"observations[0].value", "3500000"},
                          {"observations[0].roundedTo", "100000"},
                          {"observations[0].low", "3450000"},
                          {"observations[0].high", "3550000"}}),
      {"18c",
       "two producers, named together",
       "/v1/sources/MDA_MET_NSB",
       {{"producers", "[Ministry of Economy and Trade, National Statistical Bureau]"},
        {"citedBy", "sources/IOM_PRAGUE_PAGE"},
        {"published", kAbsent}}},
      {"18d",
       "the share of those who work abroad, as far as the rounding lets it be known",
       "/v1/observations:derive?operation=SHARE&indicator=NATIONALS_ABROAD_WORKING"
       "&baseIndicator=NATIONALS&area=MDA",
       {{"derived[#]", "1"},
        {"derived[0].period", "2009-Q3"},
        {"derived[0].text", "9.1 (8.96–9.21)"},
        {"derived[0].formula", "100 × 317900 / 3500000"},
        {"derived[0].unit", "PERCENT"},
        CitesAt("derived[0].observation.citations", "paragraph on Moldova, second sentence"),
        CitesAt("derived[0].base.citations", "paragraph on Moldova, second sentence")}},
      ContextNote("19", "MDA", {"MDA_ADMINISTRATION", "EMIGRATION", "Moldova, third sentence"},
                  {{"text", AllOf(HasSubstr("administration"), HasSubstr("recognises"),
                                  HasSubstr("permanent"))}}),
  };
}

Row GroupMembers(const std::string& sentence, const std::string& group,
                 const std::vector<std::string>& codes) {
  const std::string count = absl::StrCat(codes.size());
  return {sentence,
          absl::StrCat("the countries of ", group),
          absl::StrCat("/v1/areas/", group, "/members"),
          {{"members[*].member", absl::StrCat("areas/", absl::StrJoin(codes, " | areas/"))},
           {"members[certain=true][#]", count},
           {"members[*].citations[source=IOM_PRAGUE_PAGE][#]", count}}};
}

Rows SouthCaucasus() {
  return {
      GroupMembers("20_members", "SOUTH_CAUCASUS", {"ARM", "AZE", "GEO"}),
      ContextNote("20", "SOUTH_CAUCASUS",
                  {"SOUTH_CAUCASUS_FLOWS", "MIGRATION_FLOWS", "the South Caucasus, first sentence"},
                  {{"text", AllOf(HasSubstr("into and across the three countries"),
                                  HasSubstr("building capacity"))}}),
      ContextNote(
          "21", "SOUTH_CAUCASUS",
          {"SOUTH_CAUCASUS_UNEMPLOYMENT", "UNEMPLOYMENT", "the South Caucasus, second sentence"},
          {{"text",
            AllOf(HasSubstr("rural"), HasSubstr("industrial"), HasSubstr("migration abroad"))}}),
      ContextNote(
          "22", "SOUTH_CAUCASUS",
          {"SOUTH_CAUCASUS_DISPLACEMENT", "DISPLACEMENT", "the South Caucasus, third sentence"},
          {{"text", AllOf(HasSubstr("internally displaced"), HasSubstr("labour market"))}}),
      ContextNote(
          "23", "SOUTH_CAUCASUS",
          {"SOUTH_CAUCASUS_POVERTY", "POVERTY", "poverty in the South Caucasus, first sentence"},
          {{"text", HasSubstr("approximately similar")},
           {"citations[*].source", "UNDP_HDR_2007_2008 | IOM_PRAGUE_PAGE"}}),
      {"23_report",
       "the report that the page names",
       "/v1/sources/UNDP_HDR_2007_2008",
       {{"displayName", "Human Development Report 2007/2008"},
        Dated("published", "2007/2008", "2007-01-01", "2008-12-31"),
        {"citedBy", "sources/IOM_PRAGUE_PAGE"}}},
  };
}

constexpr char kPovertyPlace[] = "paragraph on poverty in the South Caucasus, second sentence";

// Below 2 dollars a day by the Human Development Report.
Row PovertyObservation(const std::string& area, const std::string& value,
                       const std::string& published_text) {
  const std::string found = absl::StrCat("observations[area=areas/", area, "]");
  const auto member = [&found](const char* name) { return absl::StrCat(found, ".", name); };
  return {absl::StrCat("24_", area),
          absl::StrCat(area, ": ", published_text, " live on less than 2 US dollars a day"),
          "/v1/observations?indicator=POV_2USD&area=SOUTH_CAUCASUS&source=UNDP_HDR_2007_2008",
          {{"observations[*].area", "areas/ARM | areas/AZE | areas/GEO"},
           {member("value"), value},
           {member("valueText"), value},
           {member("publishedText"), published_text},
           {member("period"), ""},
           {member("frequency"), "_U"},
           {member("roundedTo"), "0.1"},
           {member("status"), "A"},
           {member("release"), "2007-2008"},
           {member("unit"), "PERCENT"},
           {member("citations[*].source"), "UNDP_HDR_2007_2008 | IOM_PRAGUE_PAGE"},
           CitesAt(member("citations"), kPovertyPlace)}};
}

Rows Poverty() {
  return {
      PovertyObservation("GEO", "25.3", "25,3%"),
      PovertyObservation("ARM", "31.1", "31,1%"),
      PovertyObservation("AZE", "33.4", "33,4%"),
      {"24_indicator",
       "what is measured",
       "/v1/indicators/POV_2USD",
       {{"unit", "PERCENT"},
        {"base", "population"},
        {"headline", "true"},
        {"citations[*].source", "UNDP_HDR_2007_2008 | GEORGIA_HDR_2008 | IOM_PRAGUE_PAGE"}}},
      {"24_sources",
       "Georgia by two sources, side by side (with sentence 13)",
       "/v1/observations?indicator=POV_2USD&area=GEO",
       {{"observations[*].valueText", "25 | 25.3"},
        {"observations[*].source", "sources/GEORGIA_HDR_2008 | sources/UNDP_HDR_2007_2008"}}},
      {"24_compared",
       "they are 0.3 points apart, which rounding explains",
       "/v1/observations:compareSources?indicator=POV_2USD&area=GEO",
       {{"comparisons[#]", "1"},
        {"comparisons[0].period", ""},
        {"comparisons[0].pairs[#]", "1"},
        {"comparisons[0].pairs[0].first", "series/POV_2USD~GEO~_U~GEORGIA_HDR_2008"},
        {"comparisons[0].pairs[0].second", "series/POV_2USD~GEO~_U~UNDP_HDR_2007_2008"},
        {"comparisons[0].pairs[0].difference", "0.3"},
        {"comparisons[0].pairs[0].consistency", "WITHIN_ROUNDING"},
        {"comparisons[0].pairs[0].reason", AllOf(HasSubstr("24.5"), HasSubstr("25.5"))},
        {"comparisons[0].pairs[0].independence", "UNKNOWN"},
        CitesAt("comparisons[0].observations[valueText=25].citations",
                "paragraph on Georgia, third to sixth sentence"),
        CitesAt("comparisons[0].observations[valueText=25.3].citations", kPovertyPlace)}},
  };
}

Row CentralAsiaNote(const std::string& sentence, const Note& note, Answer answer) {
  return ContextNote(sentence, "CENTRAL_ASIA",
                     {note.id, note.topic, absl::StrCat("Central Asia, ", note.place, " sentence")},
                     std::move(answer));
}

Rows CentralAsia() {
  return {
      GroupMembers("27_members", "CENTRAL_ASIA", {"KAZ", "KGZ", "TJK", "TKM", "UZB"}),
      CentralAsiaNote("25", {"CENTRAL_ASIA_POSITION", "POSITION", "first"},
                      {{"text", HasSubstr("two continents")}}),
      CentralAsiaNote("26", {"CENTRAL_ASIA_EU", "EUROPEAN_UNION", "second"},
                      {{"text", AllOf(HasSubstr("enlargement of the European Union"),
                                      HasSubstr("Neighbourhood Policy"))}}),
      CentralAsiaNote(
          "27", {"CENTRAL_ASIA_TRANSFORMATION", "TRANSFORMATION", "third"},
          {{"text", AllOf(HasSubstr("Kazakhstan"), HasSubstr("Kyrgyz Republic"),
                          HasSubstr("Tajikistan"), HasSubstr("Turkmenistan"),
                          HasSubstr("Uzbekistan"), HasSubstr("political and economic"))}}),
      CentralAsiaNote("28", {"CENTRAL_ASIA_STATEHOOD", "STATEHOOD", "fourth"},
                      {{"text", AllOf(HasSubstr("statehood"), HasSubstr("ethnic groups"),
                                      HasSubstr("religions"))}}),
      CentralAsiaNote("29", {"CENTRAL_ASIA_CHALLENGES", "INDEPENDENCE", "fifth"},
                      {{"text", HasSubstr("new challenges")}}),
      CentralAsiaNote("30", {"CENTRAL_ASIA_SMUGGLING", "SMUGGLING_AND_TRAFFICKING", "sixth"},
                      {{"text", AllOf(HasSubstr("target or a place of transit"),
                                      HasSubstr("smugglers and traffickers in human beings"),
                                      HasSubstr("drug"))}}),
      CentralAsiaNote("31", {"CENTRAL_ASIA_LABOUR_MIGRATION", "LABOUR_MIGRATION", "seventh"},
                      {{"relatedAreas", "[areas/KAZ, areas/RUS]"},
                       {"text", AllOf(HasSubstr("stagnate"), HasSubstr("seasonal or permanent"),
                                      HasSubstr("Russian Federation"),
                                      HasSubstr("Kazakhstan, itself one of the five"))}}),
      CentralAsiaNote("32a", {"CENTRAL_ASIA_IRREGULAR_STATUS", "IRREGULAR_MIGRATION", "eighth"},
                      {{"text", HasSubstr("without legal status")}}),
      CentralAsiaNote("32b", {"CENTRAL_ASIA_FRAMEWORK", "COOPERATION", "eighth"},
                      {{"text", AllOf(HasSubstr("send"), HasSubstr("receive"),
                                      HasSubstr("framework"), HasSubstr("enforceable"))}}),
  };
}

// Projects for Romania in a year.
Row RomaniaIn(const std::string& year, const std::string& projects) {
  return {absl::StrCat("33a_", year),
          absl::StrCat("active in ", year, ": ", projects),
          absl::StrCat("/v1/projects?area=ROU&activeOn=", year),
          {{"projects[*].name", projects}}};
}

Row Office(const std::string& id, const std::string& area, const std::string& town) {
  return {
      absl::StrCat("33c_", id),
      absl::StrCat("the office in ", town),
      absl::StrCat("/v1/offices/", id),
      {{"organisation", "organisations/IOM"},
       {"area", area},
       {"town", town},
       Cites("last paragraph, first sentence"),
       {"citations[1][source=INFERRED_OFFICE_AREA][kind=INFERRED].reasoning", HasSubstr(town)}}};
}

Rows Romania() {
  const Expected cited = Cites("last paragraph, both sentences");
  const std::string name = "projects/IOM_PRAGUE_ROU_MINORS_2002";
  return {
      {"33a",
       "a project of 2002 and 2003, to the year",
       kProject,
       {InYear("dates.actualStart", "2002"),
        InYear("dates.actualEnd", "2003"),
        {"dates.basis", HasSubstr("2002 and 2003")},
        {"dates.plannedStart", kAbsent},
        {"dates.plannedEnd", kAbsent},
        cited}},
      RomaniaIn("2001", kAbsent),
      RomaniaIn("2002", name),
      RomaniaIn("2003", name),
      RomaniaIn("2004", kAbsent),
      {"33b",
       "IOM Prague and IOM Bucharest with Save the Children in Romania",
       kProject,
       {{"participants[*].participant",
         "offices/IOM_PRAGUE | offices/IOM_BUCHAREST | partners/SAVE_THE_CHILDREN_ROMANIA"},
        {"participants[*].role", "IMPLEMENTING | IMPLEMENTING | IMPLEMENTING"},
        {"participants[*].publishedRole",
         "implemented | implemented | together with … implemented"},
        {"reportingOrganisation", ""},
        cited}},
      {"33b_participant",
       "the project is found by its partner",
       "/v1/projects?participant=partners/SAVE_THE_CHILDREN_ROMANIA&role=IMPLEMENTING",
       {{"projects[*].name", name}}},
      Office("IOM_PRAGUE", "areas/CZE", "Prague"),
      Office("IOM_BUCHAREST", "areas/ROU", "Bucharest"),
      {"33d",
       "the partner",
       "/v1/partners/SAVE_THE_CHILDREN_ROMANIA",
       {{"displayName", "Save the Children in Romania"},
        {"kind", "NGO"},
        {"area", "areas/ROU"},
        {"iatiIdentifier", ""},
        Cites("last paragraph, first sentence"),
        {"citations[1][source=SAVE_THE_CHILDREN_RO_2005].reasoning",
         HasSubstr("non-governmental")}}},
      {"33e",
       "for minors living on the streets of Bucharest and major cities",
       kProject,
       {{"countries", "[{area: areas/ROU}]"},
        {"locations[*].displayName", "Bucharest | major cities"},
        {"locations[*].kind", "TOWN | TOWNS"},
        {"locations[1].note", HasSubstr("does not name them")},
        {"targetGroups[*].group", "MINORS_LIVING_ON_STREETS"},
        {"titledBySource", "false"},
        {"programmeAreas", "[programmeAreas/MIGRATION_AND_DEVELOPMENT]"},
        {"classes", "[]"},
        {"activityTypes", "[]"},
        cited}},
      {"34",
       "it reacted flexibly to more unaccompanied minors from Romania",
       kProject,
       {{"description", HasSubstr("flexibly")},
        {"reason",
         AllOf(HasSubstr("unaccompanied minors from Romania"), HasSubstr("at that time"))},
        cited}},
  };
}

}  // namespace

const std::vector<Row>& PageRows() {
  static const auto* all = [] {
    auto* rows = new Rows;
    for (const Rows& part :
         {Headings(), IomToday(), ProgrammeArea(), OtherClassifications(), Armenia(), Georgia(),
          Moldova(), SouthCaucasus(), Poverty(), CentralAsia(), Romania()}) {
      rows->insert(rows->end(), part.begin(), part.end());
    }
    return rows;
  }();
  return *all;
}

}  // namespace corridor::e2e
