// Files of the binary over HTTP: the front page at `/`, and under `/explorer/` what it is made of.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/dialects/dialect.h"
#include "gateway/http/message.h"
#include "platform/embedded_file.h"

namespace corridor::gateway {

// Answers calls for its files, and passes all others on.
class StaticFiles : public Dialect {
 public:
  // `index.html` is at `/`, every other file at `/explorer/{name}`; each has a content type by the
  // end of its name: .html, .css, .js, no other. `others` serves what is no file, and outlives
  // this.
  StaticFiles(const std::vector<EmbeddedFile>& files, Dialect& others);

  // GET and HEAD: 200, or 304 to a client whose `If-None-Match` has the file; any other verb: 405
  // with Allow. Of a HEAD it is the connection that leaves out the body.
  void Serve(const std::shared_ptr<Call>& call) override;

 private:
  struct File {
    std::string_view contents;
    std::string etag;     // Strong: it changes with the contents, and only with them.
    HttpHeaders headers;  // Of its every answer.
  };

  void Answer(Call& call, const File& file) const;

  std::map<std::string, File> by_path_;
  Dialect& others_;
};

}  // namespace corridor::gateway
