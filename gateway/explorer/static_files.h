// Files of the binary over HTTP: pages, and what they are made of.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/dialects/dialect.h"
#include "gateway/http/message.h"
#include "platform/embedded_file.h"

namespace corridor::gateway {

// Files that belong together, and where they are.
struct StaticSite {
  const std::vector<EmbeddedFile>& files;
  std::string page;    // Path of the file `index.html`, if there is one: `/`.
  std::string folder;  // What comes before the name of every other file: `/explorer/`.
};

// Where readers may go: the pages, and each file of a site that has none.
std::vector<std::string> AddressesOf(const std::vector<StaticSite>& sites);

// Answers calls for its files, and passes all others on.
class StaticFiles : public Dialect {
 public:
  // Each file has a content type by the end of its name: .html, .css, .js, .json, .txt, no other.
  // One that ends in .gz beyond that is served under its name without it, as it is: gzip is then
  // its content encoding. `others` serves what is no file, and outlives this. A name that there is
  // with and without .gz is served as the client prefers.
  StaticFiles(const std::vector<StaticSite>& sites, Dialect& others);

  // GET and HEAD: 200, or 304 to a client whose `If-None-Match` has the file; a GET with one
  // `Range`: 206, or 416 beyond the end; any other verb: 405 with Allow. 406 to a client whose
  // `Accept-Encoding` leaves out gzip, for what there is as nothing else. Of a HEAD it is the
  // connection that leaves out the body.
  void Serve(const std::shared_ptr<Call>& call) override;
  bool TakesBodyAsItComes(const HttpRequest& head) const override {
    return others_.TakesBodyAsItComes(head);
  }
  HttpResponse Refusal(const HttpRequest& head, const HttpError& error) const override {
    return others_.Refusal(head, error);
  }

 private:
  // The file in one content coding.
  struct Form {
    std::string_view contents;
    std::string etag;     // Strong: it changes with the contents, and only with them.
    HttpHeaders headers;  // Of its every answer.
  };
  struct File {
    std::optional<Form> plain;  // At least one of the two.
    std::optional<Form> gzip;
  };

  void Add(const StaticSite& site, const EmbeddedFile& file);
  // Null for who takes none that there is.
  static const Form* FormFor(const HttpHeaders& headers, const File& file);
  static void Answer(Call& call, const Form& form);

  std::map<std::string, File> by_path_;
  Dialect& others_;
};

}  // namespace corridor::gateway
