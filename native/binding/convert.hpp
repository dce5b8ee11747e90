#pragma once
#include <napi.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace nir::binding {

/// Copies a typed array into a vector; an absent value gives an empty one.
template <typename T, typename Array>
std::vector<T> to_vector(const Napi::Value& value) {
  if (value.IsUndefined() || value.IsNull()) return {};
  const Array array = value.As<Array>();
  return std::vector<T>(array.Data(), array.Data() + array.ElementLength());
}

inline std::vector<int32_t> to_ints(const Napi::Value& value) { return to_vector<int32_t, Napi::Int32Array>(value); }
inline std::vector<float> to_floats(const Napi::Value& value) { return to_vector<float, Napi::Float32Array>(value); }

/// A Float32Array that owns the vector's memory: no float is copied.
inline Napi::Float32Array to_float_array(Napi::Env env, std::vector<float>&& floats) {
  if (floats.empty()) return Napi::Float32Array::New(env, 0);
  auto* owned = new std::vector<float>(std::move(floats));
  const Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(
      env, owned->data(), owned->size() * sizeof(float), [](Napi::Env, void*, std::vector<float>* hint) { delete hint; }, owned);
  return Napi::Float32Array::New(env, owned->size(), buffer, 0);
}

inline Napi::Int32Array to_int_array(Napi::Env env, const std::vector<int32_t>& ints) {
  Napi::Int32Array array = Napi::Int32Array::New(env, ints.size());
  std::copy(ints.begin(), ints.end(), array.Data());
  return array;
}

}  // namespace nir::binding
