// Errors of the engine: a stable code for programs, a sentence for people. Crosses into JavaScript in addon/ only.
#pragma once
#include <stdexcept>
#include <string>

namespace engine {

class Error : public std::runtime_error {
 public:
  Error(const char* code, const std::string& message) : std::runtime_error(message), code_(code) {}
  /// ENGINE_ARGUMENT or ENGINE_OUT_OF_MEMORY.
  const char* code() const { return code_; }

 private:
  const char* code_;
};

/// Thrown by Control::check when the caller has given up; never an error to a person.
struct Cancelled {};

}  // namespace engine
