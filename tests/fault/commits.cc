#include "tests/fault/commits.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "platform/server/grpc_status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::e2e {

std::unique_ptr<changes::v1::Changes::Stub> ChangesOf(const std::string& address) {
  return changes::v1::Changes::NewStub(
      grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
}

std::vector<changes::v1::Commit> AllCommits(changes::v1::Changes::Stub& changes) {
  std::vector<changes::v1::Commit> commits;
  changes::v1::ListCommitsRequest request;
  request.set_page_size(1000);
  do {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    context.set_wait_for_ready(true);
    changes::v1::ListCommitsResponse page;
    const grpc::Status status = changes.ListCommits(&context, request, &page);
    if (!status.ok()) {
      EXPECT_OK(server::FromGrpcStatus(status));
      return commits;
    }
    for (auto& commit : *page.mutable_commits()) {
      EXPECT_EQ(commit.version(), static_cast<int64_t>(commits.size()) + 1);
      commits.push_back(std::move(commit));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return commits;
}

}  // namespace corridor::e2e
