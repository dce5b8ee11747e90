#pragma once
#include <core/error.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

/// A test is a function that throws when something is not as it should be.
struct Test {
  const char* name;
  std::function<void()> run;
};

inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

struct Registration {
  Registration(const char* name, std::function<void()> run) { tests().push_back({name, std::move(run)}); }
};

#define NIR_JOIN(a, b) a##b
#define NIR_UNIQUE(prefix, line) NIR_JOIN(prefix, line)
/// TEST("what holds") { … }
#define TEST(name)                                                                               \
  static void NIR_UNIQUE(test_, __LINE__)();                                                     \
  static const Registration NIR_UNIQUE(registration_, __LINE__)(name, NIR_UNIQUE(test_, __LINE__)); \
  static void NIR_UNIQUE(test_, __LINE__)()

/// Throws with the place and the text of the condition when it does not hold.
#define CHECK(condition)                                                                          \
  do {                                                                                            \
    if (!(condition))                                                                             \
      throw std::runtime_error(std::string(__FILE__) + ":" + std::to_string(__LINE__) + ": " #condition); \
  } while (0)

/// The code of the nir::Error that `run` throws; empty when it throws none.
template <typename Run>
std::string error_of(Run run) {
  try {
    run();
  } catch (const nir::Error& error) {
    return error.code;
  }
  return "";
}
