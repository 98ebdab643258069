// The program of the C++ cases: --list prints their names, --run [NAME…] runs them and prints one JSON line for each.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>

#include "test.h"

namespace engine::test {
namespace {

constexpr size_t kMostFailures = 5;
std::vector<std::string> failures;
size_t failed = 0;

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    char code[8];
    std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned char>(c));
    if (c == '"' || c == '\\') out += std::string("\\") + c;
    else if (static_cast<unsigned char>(c) < 0x20) out += code;
    else out += c;
  }
  return out + "\"";
}

void run(const Case& subject) {
  failures.clear();
  failed = 0;
  const auto start = std::chrono::steady_clock::now();
  try {
    subject.run();
  } catch (const Error& error) {
    fail(subject.name, 0, std::string("threw ") + error.code() + ": " + error.what());
  } catch (const std::exception& error) {
    fail(subject.name, 0, std::string("threw ") + error.what());
  } catch (const Cancelled&) {
    fail(subject.name, 0, "threw Cancelled");
  }
  const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  std::string message;
  for (const std::string& failure : failures) message += (message.empty() ? "" : "\n") + failure;
  if (failed > failures.size()) message += "\n… and " + std::to_string(failed - failures.size()) + " more";
  std::printf("{\"name\":%s,\"ok\":%s,\"message\":%s,\"ms\":%.1f}\n", quoted(subject.name).c_str(), failed ? "false" : "true", quoted(message).c_str(), ms);
  std::fflush(stdout);
}

}  // namespace

std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

void fail(const char* file, int line, const std::string& what) {
  if (++failed > kMostFailures) return;
  const char* slash = std::strrchr(file, '/');
  failures.push_back(std::string(slash ? slash + 1 : file) + ":" + std::to_string(line) + ": " + what);
}

}  // namespace engine::test

#if defined(__SANITIZE_ADDRESS__)
// The case of memory that is not there wants an answer, not the end of the program.
extern "C" __attribute__((visibility("default"), used)) const char* __asan_default_options() { return "allocator_may_return_null=1"; }
#endif

int main(int count, char** arguments) {
  using namespace engine::test;
  const std::string mode = count > 1 ? arguments[1] : "";
  std::vector<Case> wanted = cases();
  std::sort(wanted.begin(), wanted.end(), [](const Case& a, const Case& b) { return std::strcmp(a.name, b.name) < 0; });
  for (size_t i = 1; i < wanted.size(); ++i)
    if (!std::strcmp(wanted[i - 1].name, wanted[i].name)) {
      std::fprintf(stderr, "two cases are called '%s'\n", wanted[i].name);
      return 2;
    }
  if (mode == "--list") {
    for (const Case& subject : wanted) std::printf("%s\n", subject.name);
    return 0;
  }
  if (mode != "--run") {
    std::fprintf(stderr, "usage: %s --list | --run [NAME…]\n", arguments[0]);
    return 2;
  }
  for (int i = 2; i < count; ++i)
    if (std::none_of(wanted.begin(), wanted.end(), [&](const Case& subject) { return !std::strcmp(subject.name, arguments[i]); })) {
      std::fprintf(stderr, "no case is called '%s'\n", arguments[i]);
      return 2;
    }
  for (const Case& subject : wanted)
    if (count == 2 || std::any_of(arguments + 2, arguments + count, [&](const char* name) { return !std::strcmp(subject.name, name); })) run(subject);
  return 0;
}
