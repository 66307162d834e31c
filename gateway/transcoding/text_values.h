// Values from the text of a path variable, a query parameter or a JSON string, as proto3's JSON
// writes them. Each function answers why the text is no such value, in words that follow on it
// (`is not an integer`); nothing when it is one. No state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/transcoding/time_text.h"
#include "google/protobuf/descriptor.h"

namespace corridor::gateway {

// Decimal, of int32_t, int64_t, uint32_t and uint64_t.
template <typename Integer>
std::string ReadInteger(std::string_view text, Integer& value);

// Decimal, `NaN`, `Infinity` or `-Infinity`; of float and double.
template <typename Real>
std::string ReadReal(std::string_view text, Real& value);

std::string ReadBool(std::string_view text, bool& value);

// By name or by the number of a value.
std::string ReadEnum(std::string_view text, const google::protobuf::EnumDescriptor& type,
                     int32_t& number);

// UTF-8.
std::string ReadText(std::string_view text, std::string& value);

// base64 or base64url, padded or not, without bits after the last byte (RFC 4648, 3.5).
std::string ReadBase64(std::string_view text, std::string& bytes);

// A Timestamp in RFC 3339, or a Duration.
std::string ReadTime(std::string_view text, google::protobuf::Descriptor::WellKnownType type,
                     SecondsAndNanos& time);

// Field names in lowerCamelCase or snake_case parted by commas; `paths` in snake_case.
std::string ReadFieldMask(std::string_view text, std::vector<std::string>& paths);

}  // namespace corridor::gateway
