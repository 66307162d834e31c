// Properties over random messages of both contracts, held against protobuf's own JSON in both
// directions: fields shuffled, messages split in two, oneofs set twice, unknown fields between, and
// elements of arrays that are alike.
#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gateway/transcoding/json_to_wire.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "gateway/transcoding/testdata/random_message.h"
#include "gateway/transcoding/testdata/reference_json.h"
#include "gateway/transcoding/wire_to_json.h"
#include "gateway/transcoding/wire_writer.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using google::protobuf::internal::WireFormatLite;

// The fields of a serialised message, each with its tag.
std::vector<std::string> Pieces(const std::string& wire) {
  std::vector<std::string> pieces;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(wire.data()),
                                            static_cast<int>(wire.size()));
  size_t begin = 0;
  while (const uint32_t tag = in.ReadTag()) {
    EXPECT_TRUE(WireFormatLite::SkipField(&in, tag));
    const auto end = static_cast<size_t>(in.CurrentPosition());
    pieces.push_back(wire.substr(begin, end - begin));
    begin = end;
  }
  return pieces;
}

std::string Joined(const std::vector<std::string>& pieces) {
  std::string wire;
  for (const std::string& piece : pieces) wire += piece;
  return wire;
}

// The fields of both in any order, between unknown ones.
std::string Shuffled(const std::string& a, const std::string& b, std::mt19937& random) {
  std::vector<std::string> pieces = Pieces(a);
  for (std::string& piece : Pieces(b)) pieces.push_back(std::move(piece));
  // Numbers that no type has: a varint, bytes, a group.
  pieces.insert(pieces.end(), {"\x80\x7d\x96\x01", "\x8a\x7d\x03xyz", "\x93\x7d\x08\x01\x94\x7d"});
  std::shuffle(pieces.begin(), pieces.end(), random);
  return Joined(pieces);
}

// Each element of a repeated field followed by itself without one of its fields, and by itself: as
// lists have elements that are alike.
std::string WithAlikeElements(const Descriptor& type, const std::string& wire,
                              std::mt19937& random) {
  std::string alike;
  for (const std::string& piece : Pieces(wire)) {
    alike += piece;
    google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(piece.data()),
                                              static_cast<int>(piece.size()));
    const uint32_t tag = in.ReadTag();
    const auto* field = type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    if (field == nullptr || !field->is_repeated() || field->is_map() ||
        field->message_type() == nullptr) {
      continue;
    }
    const auto tag_bytes = static_cast<size_t>(in.CurrentPosition());
    uint32_t size = 0;
    in.ReadVarint32(&size);
    std::vector<std::string> parts = Pieces(piece.substr(piece.size() - size));
    if (!parts.empty()) {
      const size_t left_out = random() % parts.size();
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(left_out));
    }
    const std::string less = Joined(parts);
    alike += piece.substr(0, tag_bytes);
    AppendVarint(less.size(), alike);
    alike += less + piece;
  }
  return alike;
}

class Differential {
 public:
  Differential(std::string_view contract, uint32_t seed)
      : contract_(contract), messages_(seed), random_(seed) {}

  void HoldEveryType(const std::string& package, int rounds) {
    int types = 0;
    for (const auto* file : contract_.files()) {
      if (!absl::StartsWith(file->package(), package)) continue;
      for (int i = 0; i < file->message_type_count(); ++i, ++types) {
        for (int round = 0; round < rounds; ++round) {
          Hold(*file->message_type(i), round);
          if (::testing::Test::HasFatalFailure()) return;
        }
      }
    }
    EXPECT_GT(types, 5);
    EXPECT_GT(held_, types * rounds * 9 / 10);
  }

 private:
  void Hold(const Descriptor& type, int round) {
    const std::string& name = type.full_name();
    const std::unique_ptr<Message> random = contract_.New(name);
    messages_.Fill(*random, Reach::kAll);
    std::string wire = random->SerializeAsString();
    if (round % 2 == 0) {
      const std::unique_ptr<Message> other = contract_.New(name);
      messages_.Fill(*other, Reach::kAll);
      wire = Shuffled(wire, other->SerializeAsString(), random_);
    } else {
      wire = WithAlikeElements(type, wire, random_);
    }
    const std::unique_ptr<Message> message = contract_.New(name);
    ASSERT_TRUE(message->ParseFromString(wire));
    message->DiscardUnknownFields();
    JsonChoices choices;
    choices.omit_defaults = round % 4 < 2;
    choices.enums_as_numbers = round % 3 == 0;
    HoldJson(*message, wire, choices);
  }

  void HoldJson(const Message& message, const std::string& wire, const JsonChoices& choices) {
    const MessageTable& table = tables_.Of(*message.GetDescriptor());
    SCOPED_TRACE(message.ShortDebugString());
    const std::optional<std::string> reference = reference_.Write(message, choices);
    std::string json;
    const absl::Status written = AppendJson(table, wire, choices, nullptr, json);
    // Of two times that are merged comes one that is none.
    if (absl::StrContains(written.message(), "out of range")) return;
    ASSERT_OK(written);
    if (!reference) return;
    ++held_;
    ASSERT_EQ(JsonDifferences(*reference, json), "") << *reference << "\n" << json;
    for (const std::string& text : {*reference, json}) {
      const absl::StatusOr<std::string> back = JsonToWire(text, table);
      ASSERT_OK(back) << text;
      const std::unique_ptr<Message> read = contract_.New(message.GetTypeName());
      ASSERT_TRUE(read->ParseFromString(*back));
      ASSERT_EQ(MessageDifferences(message, *read), "") << text;
    }
    const std::unique_ptr<Message> read = reference_.Read(message.GetTypeName(), json);
    ASSERT_NE(read, nullptr) << json;
    ASSERT_EQ(MessageDifferences(message, *read), "") << json;
  }

  ContractPool contract_;
  ReferenceJson reference_{contract_};
  MessageTables tables_{contract_.files()};
  RandomMessages messages_;
  std::mt19937 random_;
  int held_ = 0;  // Messages that both have written.
};

TEST(JsonDifferentialTest, MessagesOfTheContractAreWrittenAndReadAsByProtobuf) {
  Differential(CorridorContract(), 3).HoldEveryType("corridor.", 6);
}

TEST(JsonDifferentialTest, MessagesWithEveryKindOfFieldAreWrittenAndReadAsByProtobuf) {
  for (uint32_t seed = 4; seed < 7; ++seed) {
    Differential(LibraryContract(), seed).HoldEveryType("transcoding.", 60);
  }
}

}  // namespace
}  // namespace corridor::gateway
