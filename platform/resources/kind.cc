// Tables and filters from the descriptors of resources.
#include "platform/resources/kind.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "platform/areas/area_copy.h"
#include "platform/request/resource_name.h"
#include "platform/resources/reader.h"
#include "platform/status/status.h"
#include "resources_schema.h"

namespace corridor::resources {
namespace {

using google::protobuf::FieldDescriptor;

// `context_notes` for `contextNotes`.
std::string TableName(const std::string& collection) {
  std::string name;
  for (const char c : collection) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c))) name.push_back('_');
    name.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

FilterField FilterFieldOf(const FieldDescriptor& field) {
  FilterField filter = {.name = field.name(), .column = field.name()};
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    filter.type = FilterField::Type::kEnum;
    filter.choices = ChoicesOf(field.enum_type());
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    filter.type = FilterField::Type::kEnum;
    filter.choices = {{"true", int64_t{1}}, {"false", int64_t{0}}};
  }
  return filter;
}

}  // namespace

absl::StatusOr<std::string> NewIdIn(std::string_view name, std::string_view pattern,
                                    std::string_view field, size_t max_bytes) {
  ASSIGN_OR_RETURN(std::string id, IdIn(name, pattern, field));
  if (id.size() > max_bytes) {
    return InvalidField(field, name,
                        absl::StrCat("has an id of more than ", max_bytes, " characters"));
  }
  if (id.find('~') != std::string::npos) return InvalidField(field, name, "has a ~ in its id");
  return id;
}

std::string Kind::Name(std::string_view id) const { return collection + "/" + std::string(id); }

std::string_view Kind::Id(std::string_view name) const {
  const size_t slash = collection.size();
  if (name.size() <= slash || !name.starts_with(collection) || name[slash] != '/') return {};
  return name.substr(slash + 1);
}

Kind KindOf(const google::protobuf::Descriptor& type, std::string collection, std::string field,
            std::vector<std::string> columns, std::vector<ComputedColumn> computed) {
  Kind kind;
  kind.table = {TableName(collection), {"id"}, columns};
  kind.filter_fields = {{.name = "id", .column = "id"}};
  for (const std::string& column : columns) {
    kind.filter_fields.push_back(FilterFieldOf(*type.FindFieldByName(column)));
  }
  for (const ComputedColumn& column : computed) kind.table.columns.push_back(column.name);
  kind.table.columns.emplace_back("body");
  kind.collection = std::move(collection);
  kind.field = std::move(field);
  kind.columns = std::move(columns);
  kind.computed = std::move(computed);
  kind.immutable = {"name"};
  kind.output_only = {"etag"};
  return kind;
}

const Kind* Kinds::Of(std::string_view name) const {
  for (const Kind* kind : kinds_) {
    const std::string_view id = kind->Id(name);
    if (!id.empty() && id.find('/') == std::string_view::npos) return kind;
  }
  return nullptr;
}

std::vector<store::Table> Kinds::Tables() const {
  std::vector<store::Table> tables = areas::AreaCopyTables();
  tables.push_back(kReferences);
  for (const Kind* kind : kinds_) tables.push_back(kind->table);
  return tables;
}

std::vector<store::MigrationSeries> Migrations(const store::Migrations& own) {
  return {areas::AreaCopySeries(), {"resources", resources_schema}, {store::kServiceSeries, own}};
}

}  // namespace corridor::resources
