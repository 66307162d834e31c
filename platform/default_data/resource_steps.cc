#include "platform/default_data/resource_steps.h"

#include "google/protobuf/descriptor.h"

namespace corridor {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::StatusOr<ResourceSteps> ResourceSteps::Open(const std::string& folder) {
  ASSIGN_OR_RETURN(SourcesFile sources, SourcesFile::Read(folder));
  return ResourceSteps(folder, std::move(sources));
}

Message& ResourceSteps::ResourceOf(Message& request) {
  const google::protobuf::Descriptor& type = *request.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    return *request.GetReflection()->MutableMessage(&request, type.field(i));
  }
  return request;  // A request that is the resource itself.
}

StepId ResourceSteps::IdOf(const std::string& name, const google::protobuf::Descriptor& request) {
  const google::protobuf::FileDescriptor& file = *request.file();
  std::string method = request.full_name();
  for (int s = 0; s < file.service_count(); ++s) {
    for (int m = 0; m < file.service(s)->method_count(); ++m) {
      const google::protobuf::MethodDescriptor& candidate = *file.service(s)->method(m);
      if (candidate.input_type() != &request) continue;
      method = absl::StrCat("/", file.service(s)->full_name(), "/", candidate.name());
    }
  }
  return {.request_id = absl::StrCat("default-data/", name), .method = method};
}

}  // namespace corridor
