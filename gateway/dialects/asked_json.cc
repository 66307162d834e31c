// A table of choices, and the two places where they are made.
#include "gateway/dialects/asked_json.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/transcoding/percent_encoding.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr char kChoicesHeader[] = "corridor-json";
constexpr char kFieldsHeader[] = "corridor-fields";
constexpr char kFields[] = "fields";
constexpr size_t kMostPaths = 100;

struct Choice {
  const char* name;
  const char* usual;
  const char* other;
  bool JsonChoices::*field;
};
constexpr Choice kChoices[] = {
    {"int64", "string", "number", &JsonChoices::int64_as_number},
    {"enums", "name", "number", &JsonChoices::enums_as_numbers},
    {"defaults", "write", "omit", &JsonChoices::omit_defaults},
};

bool IsPath(absl::string_view path) {
  const std::vector<absl::string_view> parts = absl::StrSplit(path, '.');
  return std::all_of(parts.begin(), parts.end(), [](absl::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
      return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
    });
  });
}

// The choices of one place, a header or the query.
class Asked {
 public:
  // `where` is the header or parameter that errors name.
  absl::Status Choose(const std::string& where, absl::string_view name, const std::string& value) {
    for (size_t i = 0; i < std::size(kChoices); ++i) {
      const Choice& choice = kChoices[i];
      if (name != choice.name) continue;
      if (chosen_[i]) {
        return InvalidField(where, value, absl::StrCat("is a second value for ", choice.name));
      }
      if (value != choice.usual && value != choice.other) {
        return InvalidField(
            where, value,
            absl::StrCat("is for ", choice.name, " neither ", choice.usual, " nor ", choice.other));
      }
      chosen_[i] = value == choice.other;
      return absl::OkStatus();
    }
    return InvalidField(where, value,
                        absl::StrCat("is for \"", name, "\", where there are only int64, enums",
                                     " and defaults, and $fields in a query"));
  }

  absl::Status AddFields(const std::string& where, const std::string& value) {
    if (!fields_) fields_.emplace();
    for (absl::string_view path : absl::StrSplit(value, ',')) {
      path = absl::StripAsciiWhitespace(path);
      if (path == "*") {
        is_all_ = true;
      } else if (!IsPath(path)) {
        return InvalidField(where, value,
                            "is not a list of fields parted by commas, such as areas.displayName");
      } else {
        fields_->emplace_back(path);
      }
    }
    if (fields_->size() <= kMostPaths) return absl::OkStatus();
    return InvalidField(where, value, absl::StrCat("is more than ", kMostPaths, " fields"));
  }

  void ApplyTo(JsonChoices& choices) && {
    for (size_t i = 0; i < std::size(kChoices); ++i) {
      if (chosen_[i]) choices.*kChoices[i].field = *chosen_[i];
    }
    if (!fields_) return;
    choices.fields = is_all_ ? std::vector<std::string>() : *std::move(fields_);
  }

 private:
  std::array<std::optional<bool>, std::size(kChoices)> chosen_;
  std::optional<std::vector<std::string>> fields_;
  bool is_all_ = false;
};

absl::Status ReadHeader(const std::string& value, Asked& asked) {
  for (absl::string_view item : absl::StrSplit(value, ',')) {
    item = absl::StripAsciiWhitespace(item);
    if (item.empty()) continue;
    const std::pair<std::string, std::string> parts = absl::StrSplit(item, absl::MaxSplits('=', 1));
    RETURN_IF_ERROR(asked.Choose(kChoicesHeader, absl::StripAsciiWhitespace(parts.first),
                                 std::string(absl::StripAsciiWhitespace(parts.second))));
  }
  return absl::OkStatus();
}

absl::StatusOr<Asked> ReadHeaders(const HttpHeaders& headers) {
  Asked asked;
  for (const auto& [name, value] : headers) {
    if (name == kChoicesHeader) RETURN_IF_ERROR(ReadHeader(value, asked));
    if (name == kFieldsHeader) RETURN_IF_ERROR(asked.AddFields(kFieldsHeader, value));
  }
  return asked;
}

// Takes the parameter when it asks for JSON; false when it is one of the method's.
absl::StatusOr<bool> ReadParameter(absl::string_view parameter, bool has_fields_parameter,
                                   Asked& asked) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(parameter, absl::MaxSplits('=', 1));
  const std::optional<std::string> name = DecodeQueryPart({parts.first.data(), parts.first.size()});
  if (!name || name->empty()) return false;
  const bool is_ours = name->front() == '$' || (*name == kFields && !has_fields_parameter);
  if (!is_ours) return false;
  const std::optional<std::string> value =
      DecodeQueryPart({parts.second.data(), parts.second.size()});
  if (!value) {
    return InvalidField(*name, {parts.second.data(), parts.second.size()},
                        "has a bad percent-escape");
  }
  const absl::string_view bare = absl::StripPrefix(*name, "$");
  RETURN_IF_ERROR(bare == kFields ? asked.AddFields(*name, *value)
                                  : asked.Choose(*name, bare, *value));
  return true;
}

}  // namespace

absl::StatusOr<AskedJson> ReadAskedJson(const HttpHeaders& headers, std::string_view query,
                                        bool has_fields_parameter) {
  ASSIGN_OR_RETURN(Asked by_header, ReadHeaders(headers));
  AskedJson json;
  Asked by_query;
  const absl::string_view text(query.data(), query.size());
  for (const absl::string_view parameter : absl::StrSplit(text, '&', absl::SkipEmpty())) {
    ASSIGN_OR_RETURN(const bool is_ours, ReadParameter(parameter, has_fields_parameter, by_query));
    if (!is_ours) absl::StrAppend(&json.query, json.query.empty() ? "" : "&", parameter);
  }
  std::move(by_header).ApplyTo(json.choices);
  std::move(by_query).ApplyTo(json.choices);
  return json;
}

}  // namespace corridor::gateway
