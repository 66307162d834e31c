// An area whose description tests change, to see when clients see it.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "corridor/memberstates/v1/area.pb.h"
#include "gtest/gtest.h"
#include "tests/e2e/http_client.h"

namespace corridor::e2e {

// One of the default data set.
inline constexpr char kArea[] = "/v1/areas/SOUTH_CAUCASUS";

// Answers the `corridor-version` of the change.
inline std::string Describe(HttpClient& client, const std::string& text) {
  const HttpResponse response =
      client.SendJson("PATCH", absl::StrCat(kArea, "?updateMask=description"),
                      absl::StrCat(R"({"description":")", text, "\"}"));
  EXPECT_EQ(response.status, 200) << response.body;
  return response.Header("corridor-version");
}

inline std::string DescriptionIn(const HttpResponse& response) {
  return Answer<memberstates::v1::Area>(response).description();
}

}  // namespace corridor::e2e
