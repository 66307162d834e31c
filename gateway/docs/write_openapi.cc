// Writes the OpenAPI document of the contracts into a file, which the build embeds in the gateway.
#include <fstream>
#include <iostream>

#include "descriptor_set.h"
#include "gateway/docs/openapi.h"
#include "platform/process/version.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "write_openapi takes the name of the file to write" << std::endl;
    return 2;
  }
  const auto document = corridor::gateway::OpenApiDocument(
      descriptor_set.front().contents, corridor::process::Version(), corridor::gateway::Examples());
  if (!document.ok()) {
    std::cerr << "write_openapi: " << document.status().message() << std::endl;
    return 1;
  }
  std::ofstream file(argv[1], std::ios::binary);
  file << *document << '\n';
  file.close();
  if (file.good()) return 0;
  std::cerr << "write_openapi: cannot write " << argv[1] << std::endl;
  return 1;
}
