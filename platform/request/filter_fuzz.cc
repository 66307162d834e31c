// Any text is a filter or an error; a filter's SQL has as many parameters as values, and stays
// bounded.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "platform/request/filter.h"

namespace {

const std::vector<corridor::FilterField>& Fields() {
  static const auto* fields = new std::vector<corridor::FilterField>{
      {.name = "code", .column = "code"},
      {.name = "a.b", .column = "b"},
      {.name = "kind",
       .column = "kind",
       .type = corridor::FilterField::Type::kEnum,
       .choices = {{"X", int64_t{1}}, {"YY", int64_t{2}}}},
      {.name = "year", .column = "year", .type = corridor::FilterField::Type::kInteger},
  };
  return *fields;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<corridor::Filter> filter = corridor::Filter::Parse(text, Fields());
  if (!filter.ok()) {
    if (filter.status().code() != absl::StatusCode::kInvalidArgument) abort();
    return 0;
  }
  const corridor::FilterSql sql = filter->ToSql(1);
  const std::string last = "?" + std::to_string(sql.values.size());
  if (!sql.values.empty() && sql.condition.find(last) == std::string::npos) abort();
  if (sql.values.size() > 100 || sql.condition.size() > 20'000) abort();
  filter->Passes([](std::string_view name) {
    return name == "code" || name == "a.b" ? corridor::FilterValue("ABC")
                                           : corridor::FilterValue(int64_t{1});
  });
  return 0;
}
