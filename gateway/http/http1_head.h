// How an HTTP/1.1 answer begins, and how its body is cut into chunks.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "gateway/http/message.h"

namespace corridor::gateway {

// Status line and headers to the empty line. A body of unknown length is announced as chunked where
// the client takes chunks, else it lasts to the connection's end.
std::string AnswerHead(const HttpResponse& response, bool takes_chunks, bool keep_alive,
                       absl::Time now);

inline constexpr std::string_view kLastChunk = "0\r\n\r\n";
// Nothing for nothing, since an empty chunk would be the last.
void AppendChunk(std::string_view piece, std::string& out);

}  // namespace corridor::gateway
