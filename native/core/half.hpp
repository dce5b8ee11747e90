#pragma once
#include <cstdint>
#include <cstring>

namespace nir {

// Half precision (IEEE 754 binary16) without branches, so that compilers vectorise loops over these.

/// Single → half, rounded to the nearest, ties to even; NaN stays NaN.
inline uint16_t to_half(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  const uint32_t sign = (bits >> 16) & 0x8000u;
  bits &= 0x7fffffffu;
  // Normal halves: move the exponent's bias; half of the last kept bit less one, and that bit, round to even.
  const uint32_t normal = (bits - 0x38000000u + 0xfffu + ((bits >> 13) & 1u)) >> 13;
  // Subnormal ones: beside 0.5 the processor rounds at the bit that a half keeps.
  float magnitude;
  std::memcpy(&magnitude, &bits, 4);
  magnitude += 0.5f;
  uint32_t aligned;
  std::memcpy(&aligned, &magnitude, 4);
  const uint32_t subnormal = aligned - 0x3f000000u;
  uint32_t half = bits < 0x38800000u ? subnormal : normal;
  half = bits >= 0x477ff000u ? 0x7c00u : half;  // from 65520 on: infinity
  half = bits > 0x7f800000u ? 0x7e00u : half;   // NaN
  return static_cast<uint16_t>(sign | half);
}

/// Half → single, exact.
inline float from_half(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  const uint32_t magnitude = half & 0x7fffu;
  const uint32_t shifted = magnitude << 13;
  // The product moves the exponent's bias, and makes subnormal halves normal.
  float value;
  std::memcpy(&value, &shifted, 4);
  value *= 5.192296858534828e33f;  // 2^112
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  bits = magnitude >= 0x7c00u ? (0x7f800000u | shifted) : bits;
  bits |= sign;
  std::memcpy(&value, &bits, 4);
  return value;
}

}  // namespace nir
