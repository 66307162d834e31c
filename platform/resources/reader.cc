// The SQL of resources that are kept whole.
#include "platform/resources/reader.h"

#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "platform/records/body.h"
#include "platform/resources/message_fields.h"
#include "platform/status/status.h"

namespace corridor::resources {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using store::Param;
using store::Row;

// A list's SQL in the making: conditions, and the values that their parameters stand for.
class ListSql {
 public:
  explicit ListSql(const Slice& slice) : params_{slice.After(), int64_t{slice.limit}} {}

  void Add(const Condition& condition) {
    switch (condition.test) {
      case Condition::Test::kAnyOf:
        return AddText(absl::StrCat("t.", condition.column, " IN (", Bind(condition.values), ")"));
      case Condition::Test::kAtMost:
        return AddText(absl::StrCat("t.", condition.column, " <= ", Bind(condition.values)));
      case Condition::Test::kAtLeast:
        return AddText(absl::StrCat("t.", condition.column, " >= ", Bind(condition.values)));
    }
  }
  void Add(const RefersTo& refers_to, const Kind& kind) {
    std::string relation;
    if (!refers_to.relations.empty()) {
      relation = absl::StrCat(" AND r.relation IN (", Bind(refers_to.relations), ")");
    }
    // From the targets, of which there are few resources, not from all resources.
    AddText(absl::StrCat("t.id IN (SELECT substr(r.resource, ", kind.collection.size() + 2,
                         ") FROM {resource_references} r WHERE r.target IN (",
                         Bind(refers_to.targets), ")", relation, " AND substr(r.resource, 1, ",
                         kind.collection.size() + 1, ") = '", kind.collection, "/')"));
  }
  void AddText(const std::string& condition) { absl::StrAppend(&where_, " AND ", condition); }
  std::vector<Param>& params() { return params_; }

  std::string Select(const Kind& kind, const std::string& and_filter) const {
    return absl::StrCat("SELECT t.id, t.body, t.from_version FROM {", kind.table.name,
                        "} t WHERE t.id > ?1", where_, and_filter, " ORDER BY t.id LIMIT ?2");
  }

 private:
  std::string Bind(Param value) {
    params_.push_back(value);
    return absl::StrCat("?", params_.size());
  }
  std::string Bind(const std::vector<std::string>& values) {
    return absl::StrJoin(values, ", ", [this](std::string* out, const std::string& value) {
      out->append(Bind(std::string_view(value)));
    });
  }
  std::string Bind(const std::vector<FilterValue>& values) {
    return absl::StrJoin(values, ", ", [this](std::string* out, const FilterValue& value) {
      const auto* number = std::get_if<int64_t>(&value);
      out->append(number != nullptr ? Bind(*number)
                                    : Bind(std::string_view(std::get<std::string>(value))));
    });
  }

  std::vector<Param> params_;
  std::string where_;
};

// Values of the columns, kept while they are bound.
class ColumnValues {
 public:
  ColumnValues(const Kind& kind, std::string_view id, const Message& resource, std::string body)
      : body_(std::move(body)) {
    texts_.reserve(kind.columns.size() + kind.computed.size());
    params_.emplace_back(id);
    for (const std::string& column : kind.columns) AddField(resource, column);
    for (const ComputedColumn& column : kind.computed) AddText(column.value(resource));
    params_.emplace_back(store::Blob{body_});
  }
  const std::vector<Param>& params() const { return params_; }

 private:
  void AddText(std::string text) {
    texts_.push_back(std::move(text));
    params_.emplace_back(std::string_view(texts_.back()));
  }
  void AddField(const Message& resource, const std::string& name) {
    const FieldDescriptor* field = resource.GetDescriptor()->FindFieldByName(name);
    const google::protobuf::Reflection& reflection = *resource.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_ENUM:
        params_.emplace_back(int64_t{reflection.GetEnumValue(resource, field)});
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        params_.emplace_back(int64_t{reflection.GetBool(resource, field)});
        break;
      default:
        AddText(reflection.GetString(resource, field));
    }
  }

  std::string body_;
  std::vector<std::string> texts_;
  std::vector<Param> params_;
};

}  // namespace

absl::Status Reader::Get(const Kind& kind, std::string_view id, Message& resource) {
  bool found = false;
  RETURN_IF_ERROR(rows().Query(
      absl::StrCat("SELECT body, from_version FROM {", kind.table.name, "} WHERE id = ?1"), {id},
      [&](const Row& row) {
        found = true;
        RETURN_IF_ERROR(ReadBody(row.Text(0), resource));
        SetText(resource, "etag", Etag(row.Int(1)));
        return absl::OkStatus();
      }));
  if (!found) return NotFound(kind.Name(id));
  return absl::OkStatus();
}

absl::Status Reader::List(const Kind& kind, const Query& query, absl::FunctionRef<Message&()> add) {
  ListSql sql(query.slice);
  for (const Condition& condition : query.conditions) {
    if (condition.values.empty()) return absl::OkStatus();
    sql.Add(condition);
  }
  for (const RefersTo& refers_to : query.refers_to) {
    if (refers_to.targets.empty()) return absl::OkStatus();
    sql.Add(refers_to, kind);
  }
  FilterSql filter;
  ASSIGN_OR_RETURN(const std::string and_filter,
                   AndFilter(query.filter, kind.filter_fields, filter, sql.params()));
  return rows().Query(sql.Select(kind, and_filter), sql.params(), [&](const Row& row) {
    Message& resource = add();
    RETURN_IF_ERROR(ReadBody(row.Text(1), resource));
    SetText(resource, "etag", Etag(row.Int(2)));
    return absl::OkStatus();
  });
}

absl::StatusOr<std::string> Reader::EtagOf(const Kind& kind, std::string_view id) {
  std::optional<std::string> etag;
  RETURN_IF_ERROR(
      rows().Query(absl::StrCat("SELECT from_version FROM {", kind.table.name, "} WHERE id = ?1"),
                   {id}, [&](const Row& row) {
                     etag = Etag(row.Int(0));
                     return absl::OkStatus();
                   }));
  if (!etag) return NoSuchResource(kind.Name(id));
  return *std::move(etag);
}

absl::StatusOr<bool> Reader::Has(const Kind& kind, std::string_view id) {
  const absl::StatusOr<std::string> etag = EtagOf(kind, id);
  if (etag.ok()) return true;
  if (absl::IsNotFound(etag.status())) return false;
  return etag.status();
}

absl::StatusOr<std::string> Reader::FindUse(std::string_view name) {
  std::string use;
  RETURN_IF_ERROR(rows().Query(
      "SELECT resource FROM {resource_references} WHERE target = ?1 AND resource <> ?1 "
      "ORDER BY resource LIMIT 1",
      {name}, [&use](const Row& row) {
        use = std::string(row.Text(0));
        return absl::OkStatus();
      }));
  return use;
}

absl::Status Writer::Put(const Kind& kind, const Message& resource) {
  const std::string name = TextOf(resource, "name");
  const std::unique_ptr<Message> kept(resource.New());
  kept->CopyFrom(resource);
  for (const std::string& field : kind.output_only) ClearField(*kept, field);
  const ColumnValues values(kind, kind.Id(name), *kept, kept->SerializeAsString());
  RETURN_IF_ERROR(rows_.Put(kind.table, values.params(), name));
  return PutReferences(name, kind.references(*kept, ""));
}

absl::Status Writer::Delete(const Kind& kind, std::string_view id) {
  const std::string name = kind.Name(id);
  RETURN_IF_ERROR(PutReferences(name, {}));
  const absl::Status deleted = rows_.Delete(kind.table, {id}, name);
  return absl::IsNotFound(deleted) ? NoSuchResource(name) : deleted;
}

absl::Status Writer::PutReferences(const std::string& resource,
                                   const std::vector<Reference>& references) {
  using Named = std::pair<std::string, std::string>;  // Relation and target.
  std::set<Named> before;
  std::set<Named> now;
  for (const Reference& reference : references) now.emplace(reference.relation, reference.name);
  RETURN_IF_ERROR(
      rows_.Query("SELECT relation, target FROM {resource_references} WHERE resource = ?1",
                  {std::string_view(resource)}, [&before](const Row& row) {
                    before.emplace(std::string(row.Text(0)), std::string(row.Text(1)));
                    return absl::OkStatus();
                  }));
  const auto key = [&resource](const Named& named) {
    return std::vector<Param>{std::string_view(resource), std::string_view(named.first),
                              std::string_view(named.second)};
  };
  for (const Named& named : before) {
    if (!now.contains(named)) {
      RETURN_IF_ERROR(rows_.Delete(kReferences, key(named), resource));
    }
  }
  for (const Named& named : now) {
    if (!before.contains(named)) RETURN_IF_ERROR(rows_.Put(kReferences, key(named), resource));
  }
  return absl::OkStatus();
}

}  // namespace corridor::resources
