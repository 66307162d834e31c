// Templates of google.api.http as paths of OpenAPI, which knows no wildcard but a parameter of one
// segment.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/transcoding/path_template.h"

namespace corridor::gateway {

// `/v1/areas/{area}/members/{member}:restore` for `/v1/{name=areas/*/members/*}:restore`.
struct Address {
  struct Parameter {
    std::string name;                // Of its segment: `area` after `areas`; once in an address.
    std::optional<size_t> variable;  // Of the template, that it is a part of.
    bool is_whole = false;           // It is all of the variable.
    bool is_rest = false;  // `**`: it may hold slashes and may be empty, which OpenAPI cannot say.
  };

  std::string path;
  std::vector<Parameter> parameters;
  std::vector<std::string>
      variables;      // Of each variable its text: `areas/{area}/members/{member}`.
  std::string shape;  // The path with `{}` for each parameter.
};

// A variable that is one segment gives the parameter the name of `field_names`, one for each
// variable, in JSON.
Address AddressOf(const PathTemplate& path, const std::vector<std::string>& field_names);

// `area` for `areas`, `activity` for `activities`; `series` stays.
std::string SingularOf(const std::string& collection);

}  // namespace corridor::gateway
