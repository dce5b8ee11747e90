#pragma once
#include <stdexcept>
#include <string>

namespace nir {

/// An error with a stable code that the TypeScript face turns into a typed error.
class Error : public std::runtime_error {
 public:
  Error(std::string code, const std::string& message) : std::runtime_error(message), code(std::move(code)) {}
  const std::string code;
};

}  // namespace nir
