// Rows as services keep them, made up: partners of programmes and packed series of indicators, in
// tables of the same shape as theirs.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "platform/store/database.h"
#include "platform/store/versioned_store.h"

namespace corridor::load {

// Of both tables, `id` is the key and `body` what is kept.
const store::Table& Partners();
const store::Table& Series();

// Ids and bodies. The same number gives the same row; another `edition` of it another body of about
// the same length.
std::string PartnerId(size_t number);
std::string PartnerBody(size_t number, int edition);
std::string SeriesId(size_t number);
std::string SeriesBody(size_t number, int edition);

// An empty store of both tables on `database`. Aborts when it cannot be had.
std::unique_ptr<store::VersionedStore> OpenRows(std::unique_ptr<store::Database> database);

// Puts partners and series `first` to `first + count - 1` in an edition, as part of one commit.
absl::Status PutPartners(store::Writer& writer, size_t first, size_t count, int edition);
absl::Status PutSeries(store::Writer& writer, size_t first, size_t count, int edition);

// The same two tables without history, from_version and commits.
absl::Status MakePlainTables(store::Transaction& transaction);
absl::Status InsertPlain(store::Transaction& transaction, size_t first, size_t count);

}  // namespace corridor::load
