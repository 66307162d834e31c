#include "platform/telemetry/log_writer.h"

#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace corridor::telemetry {
namespace {

// A pipe, of which the writer has one end.
class LogWriterTest : public ::testing::Test {
 protected:
  LogWriterTest() { EXPECT_EQ(pipe(ends_.data()), 0); }
  ~LogWriterTest() override {
    CloseReader();
    CloseWriter();
  }

  int fd() const { return ends_[1]; }
  void CloseReader() { Close(ends_[0]); }
  void CloseWriter() { Close(ends_[1]); }

  // What comes next, at least one byte; empty at the end.
  std::string Read() {
    std::string some(size_t{1} << 16, '\0');
    const ssize_t got = read(ends_[0], some.data(), some.size());
    some.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return some;
  }
  std::string ReadAll() {
    std::string all;
    for (std::string some = Read(); !some.empty(); some = Read()) all += some;
    return all;
  }

 private:
  static void Close(int& end) {
    if (end >= 0) close(end);
    end = -1;
  }

  std::array<int, 2> ends_ = {};
};

TEST_F(LogWriterTest, ALineThatWaitsForOthersIsWrittenWithoutThem) {
  LogWriter writer(fd());
  writer.Write("one", LogWriter::When::kSoon);
  EXPECT_EQ(Read(), "one\n");
  writer.Write("two", LogWriter::When::kSoon);
  EXPECT_EQ(Read(), "two\n");
}

TEST_F(LogWriterTest, AnUrgentLineTakesThoseBeforeItAlong) {
  LogWriter writer(fd());
  writer.Write("soon", LogWriter::When::kSoon);
  writer.Write("now", LogWriter::When::kNow);
  std::string seen = Read();
  while (seen.size() < 9) seen += Read();
  EXPECT_EQ(seen, "soon\nnow\n");
}

TEST_F(LogWriterTest, TheEndWritesOutWhatWasTaken) {
  {
    LogWriter writer(fd());
    for (const char* line : {"a", "b", "c"}) writer.Write(line, LogWriter::When::kSoon);
  }
  CloseWriter();
  EXPECT_EQ(ReadAll(), "a\nb\nc\n");
}

TEST_F(LogWriterTest, LinesOfManyThreadsStayWhole) {
  constexpr int kLines = 2000;
  std::string all;
  std::thread reader([&] { all = ReadAll(); });
  {
    LogWriter writer(fd());
    std::vector<std::thread> threads;
    for (const char c : {'a', 'b', 'c'}) {
      threads.emplace_back([&writer, c] {
        for (int i = 0; i < kLines; ++i) {
          writer.Write(std::string(100, c), LogWriter::When::kSoon);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(writer.lost(), 0);
  }
  CloseWriter();
  reader.join();
  ASSERT_EQ(all.size(), size_t{3} * kLines * 101);
  for (size_t at = 0; at < all.size(); at += 101) {
    ASSERT_EQ(all.find_first_not_of(all[at], at), at + 100);
    ASSERT_EQ(all[at + 100], '\n');
  }
}

TEST_F(LogWriterTest, WhatASlowReaderLeavesIsBoundedAndCounted) {
  const std::string line(size_t{1} << 16, 'x');
  constexpr size_t kLines = 4 * LogWriter::kMaxHeldBytes >> 16;
  std::string all;
  int64_t lost = 0;
  std::thread reader;
  {
    LogWriter writer(fd());
    for (size_t i = 0; i < kLines; ++i) writer.Write(line, LogWriter::When::kSoon);
    lost = writer.lost();
    reader = std::thread([&] { all = ReadAll(); });
  }
  CloseWriter();
  reader.join();
  // One buffer is held and one is being written.
  EXPECT_GE(lost, static_cast<int64_t>(kLines / 4));
  EXPECT_EQ(all.size() / (line.size() + 1), kLines - static_cast<size_t>(lost));
}

TEST_F(LogWriterTest, ADescriptorThatTakesNothingLosesItsLinesAndHoldsUpNobody) {
  CloseReader();
  signal(SIGPIPE, SIG_IGN);
  LogWriter writer(fd());
  writer.Write("one", LogWriter::When::kNow);
  while (writer.lost() == 0) std::this_thread::yield();
  EXPECT_EQ(writer.lost(), 1);
}

}  // namespace
}  // namespace corridor::telemetry
