// Cases of the engine: CASE("what must hold") { … } registers one; CHECK, EQUAL, NEAR and THROWS record what does not hold and go on.
#pragma once
#include <cmath>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "error.h"

namespace engine::test {

struct Case {
  const char* name;
  void (*run)();
};
/// Every case of the program, in no particular order.
std::vector<Case>& cases();
/// Records a failure of the running case.
void fail(const char* file, int line, const std::string& what);

struct Registration {
  Registration(const char* name, void (*run)()) { cases().push_back({name, run}); }
};

template <class T>
std::string shown(const T& value) {
  std::ostringstream text;
  text.precision(9);
  text << value;
  return text.str();
}

/// Runs `body`, which must throw an Error of this code.
inline void throws(const char* file, int line, const std::string& code, const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    if (error.code() != code) fail(file, line, "threw " + std::string(error.code()) + " instead of " + code + ": " + error.what());
    return;
  }
  fail(file, line, "did not throw " + code);
}

}  // namespace engine::test

#define ENGINE_JOINED_(a, b) a##b
#define ENGINE_JOINED(a, b) ENGINE_JOINED_(a, b)
#define CASE(name)                                                                                           \
  static void ENGINE_JOINED(run_, __LINE__)();                                                               \
  static const ::engine::test::Registration ENGINE_JOINED(case_, __LINE__){name, ENGINE_JOINED(run_, __LINE__)}; \
  static void ENGINE_JOINED(run_, __LINE__)()
#define CHECK(...)                                                              \
  do {                                                                          \
    if (!(__VA_ARGS__)) ::engine::test::fail(__FILE__, __LINE__, #__VA_ARGS__); \
  } while (false)
#define EQUAL(actual, expected)                                                                                                \
  do {                                                                                                                         \
    const auto actual_ = (actual);                                                                                             \
    const auto expected_ = (expected);                                                                                         \
    if (!(actual_ == expected_))                                                                                               \
      ::engine::test::fail(__FILE__, __LINE__, #actual " is " + ::engine::test::shown(actual_) + ", not " + ::engine::test::shown(expected_)); \
  } while (false)
/// |actual - expected| ≤ within; not a number never is.
#define NEAR(actual, expected, within)                                                                                                       \
  do {                                                                                                                                       \
    const double actual_ = (actual), expected_ = (expected);                                                                                 \
    if (!(std::abs(actual_ - expected_) <= (within)))                                                                                        \
      ::engine::test::fail(__FILE__, __LINE__, #actual " is " + ::engine::test::shown(actual_) + ", not within " #within " of " + ::engine::test::shown(expected_)); \
  } while (false)
#define THROWS(code, ...) ::engine::test::throws(__FILE__, __LINE__, code, [&] { __VA_ARGS__; })
