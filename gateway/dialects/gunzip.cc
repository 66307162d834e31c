#include "gateway/dialects/gunzip.h"

#include <zlib.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace corridor::gateway {
namespace {

constexpr size_t kPieceBytes = 64 << 10;
constexpr int kGzipOnly = 16 + MAX_WBITS;

absl::Status NotGzip() {
  return absl::InvalidArgumentError("the message is said to be gzip, and is not, or not whole");
}

}  // namespace

absl::StatusOr<std::string> Gunzip(std::string_view bytes, size_t most_bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) {
    return absl::ResourceExhaustedError("there is no memory to uncompress the message");
  }
  const absl::Cleanup end = [&stream] { inflateEnd(&stream); };
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int result = Z_OK;
  while (result == Z_OK) {
    const size_t before = out.size();
    out.resize(before + std::min(kPieceBytes, most_bytes + 1 - before));
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(out.size() - before);
    result = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    if (out.size() > most_bytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the message is larger than the limit of ", most_bytes, " bytes"));
    }
  }
  if (result != Z_STREAM_END || stream.avail_in != 0) return NotGzip();
  return out;
}

}  // namespace corridor::gateway
