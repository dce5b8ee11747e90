// Thousands of decodes with random rows, plans, captures, overwrites and mistakes: no crash, typed errors, and a cache
// that stays what its history says.
#include <map>
#include <random>
#include <set>

#include "check.hpp"
#include "setup.hpp"

namespace {

class Fuzz {
 public:
  Fuzz(uint32_t seed, const nir::ContextOptions& options) : random_(seed), flash_(options.flash_attention), fixture_(options) {
    sampler_ = fixture_.context.define_sampler({1.0f, 20, 0.9f, 0, seed});
    expected_ = known();
  }

  void run(int decodes) {
    for (int i = 0; i < decodes; ++i) {
      if (chance(4)) clear();
      if (chance(15)) remove(below(kSequences));
      if (chance(30)) define();
      if (chance(15) && !plans_.empty()) release();
      decode();
      if (i % 250 == 249) CHECK(known() == expected_);
    }
  }
  int decoded() const { return decoded_; }
  const std::map<std::string, int>& errors() const { return errors_; }

 private:
  static constexpr int32_t kSequences = 16;

  int32_t below(int32_t limit) { return static_cast<int32_t>(random_() % static_cast<uint32_t>(limit)); }
  bool chance(int32_t percent) { return below(100) < percent; }

  /// What a fixed job in an empty cache gives.
  Floats known() {
    clear();
    record(fixture_.context, some_tokens(5, 1), 3, 0);
    const int32_t plan = fixture_.context.define_plan(seeing(3, 2, 5));
    const Floats logits = last_logits(fixture_.context, some_tokens(5, 2), 7, 5, plan);
    fixture_.context.release_plan(plan);
    clear();
    return logits;
  }

  void clear() {
    fixture_.context.clear();
    next_.clear();
    recorded_.clear();
    while (!plans_.empty()) release();  // what they name is gone
  }

  void remove(int32_t sequence) {
    fixture_.context.remove_sequence(sequence);
    // Some plans go with what they name; those that stay make decodes fail.
    while (!plans_.empty() && !chance(10)) release();
    next_.erase(sequence);
    recorded_.erase(sequence);
  }

  /// Mostly one that is there.
  int32_t a_context() {
    if (recorded_.empty() || chance(3)) return below(kSequences);
    return *std::next(recorded_.begin(), below(static_cast<int32_t>(recorded_.size())));
  }

  void define() {
    nir::Plan plan;
    const auto window = [&] {
      const int32_t a = below(7), b = below(7);
      return std::pair(std::min(a, b), std::max(a, b));
    };
    for (int32_t i = below(3); i > 0; --i) {
      const auto [from, until] = window();
      plan.visible.push_back({a_context(), from, until});
    }
    for (int32_t i = below(3); i > 0; --i) {
      const int32_t first = below(60), count = 1 + below(10);
      const size_t size = fixture_.hidden * static_cast<size_t>(chance(50) ? 1 : count);
      plan.edits.push_back({below(6), first, first + count, chance(50), some_floats(size, random_())});
    }
    for (int32_t i = below(3); i > 0; --i) {
      const auto [from, until] = window();
      plan.shifts.push_back({from, until, below(40), below(41) - 20});
    }
    if (chance(5)) plan.visible.push_back({0, 5, 9});
    try {
      plans_.insert(fixture_.context.define_plan(std::move(plan)));
    } catch (const nir::Error& error) {
      CHECK(error.code == "INVALID_PLAN");
    }
  }

  void release() {
    const auto plan = std::next(plans_.begin(), below(static_cast<int32_t>(plans_.size())));
    fixture_.context.release_plan(*plan);
    plans_.erase(plan);
  }

  int32_t any_plan() {
    if (chance(1)) return 1000;
    if (plans_.empty() || chance(40)) return -1;
    return *std::next(plans_.begin(), below(static_cast<int32_t>(plans_.size())));
  }

  void decode() {
    nir::Batch batch;
    std::map<int32_t, int32_t> next = next_;
    for (int32_t parts = 1 + below(5); parts > 0; --parts) {
      const int32_t sequence = below(kSequences), count = 1 + below(12);
      int32_t& position = next.try_emplace(sequence, below(20)).first->second;
      append(batch, some_tokens(static_cast<size_t>(count), random_()), sequence, position + (chance(1) ? below(5) - 2 : 0), any_plan());
      position += count;
      if (chance(30)) batch.samplers.back() = sampler_;
      if (chance(50)) batch.logit_rows.push_back(static_cast<int32_t>(batch.rows()) - 1);
      if (!flash_ && chance(20)) batch.attention_rows.push_back(static_cast<int32_t>(batch.rows()) - 1);
      if (chance(50)) batch.recorded.push_back(sequence);
    }
    const int32_t total = static_cast<int32_t>(batch.rows());
    // Memory of exactly the right size, so that a sanitizer sees a float too many.
    std::vector<std::unique_ptr<float[]>> buffers;
    const auto states = [&](int32_t count) {
      const size_t size = static_cast<size_t>(count) * fixture_.hidden;
      buffers.emplace_back(new float[size]);
      const Floats values = some_floats(size, random_());
      std::copy(values.begin(), values.end(), buffers.back().get());
      return buffers.back().get();
    };
    for (int32_t i = below(4); i > 0; --i) {
      const int32_t row = below(total), count = below(total - row + 1);
      batch.captures.push_back({row, count, below(6), states(count)});
    }
    for (int32_t i = below(3); i > 0; --i) {
      const int32_t row = below(total), count = below(total - row + 1);
      batch.overwrites.push_back({row, count, below(7), states(count)});
    }
    if (chance(2)) batch.tokens[0] = 320;
    const bool abort = chance(2);
    if (abort) fixture_.context.abort();
    try {
      const nir::Decoded result = fixture_.context.decode(batch);
      CHECK(!abort);
      CHECK(result.logits.size() == batch.logit_rows.size() * 320);
      CHECK(result.attention.size() == batch.attention_rows.size() * 24);
      next_ = next;
      recorded_.insert(batch.recorded.begin(), batch.recorded.end());
      ++decoded_;
    } catch (const nir::Error& error) {
      CHECK(kCodes.count(error.code) == 1);
      ++errors_[error.code];
      if (error.code == "CACHE_FULL" && chance(50)) clear();
    }
    fixture_.context.clear_abort();
  }

  const std::set<std::string> kCodes = {"INVALID_BATCH", "CACHE_FULL", "ABORTED", "DECODE_FAILED", "INTERVENTION_FAILED", "INTERVENTION_MISSED"};
  std::mt19937 random_;
  const bool flash_;  // which hides attention
  Fixture fixture_;
  int32_t sampler_ = -1;
  Floats expected_;
  std::map<int32_t, int32_t> next_;  // sequence in the cache → its next position
  std::set<int32_t> plans_;
  std::set<int32_t> recorded_;
  std::map<std::string, int> errors_;
  int decoded_ = 0;
};

/// Enough must have worked, and of every error some must have been seen, or little was tried.
void fuzz(uint32_t seed, int decodes, const nir::ContextOptions& options) {
  Fuzz one(seed, options);
  one.run(decodes);
  std::string seen = std::to_string(one.decoded()) + " decoded";
  for (const auto& [code, count] : one.errors()) seen += ", " + std::to_string(count) + " " + code;
  std::printf("       %s\n", seen.c_str());
  CHECK(one.decoded() >= decodes / 2);
  if (decodes < 1000) return;
  for (const char* code : {"INVALID_BATCH", "CACHE_FULL", "ABORTED", "INTERVENTION_FAILED"}) CHECK(one.errors().count(code) == 1);
}

nir::ContextOptions flash_options(int32_t threads) {
  nir::ContextOptions options = exact_options();
  options.flash_attention = true;
  options.f32_cache = false;
  options.threads = threads;
  return options;
}

}  // namespace

TEST("2000 random decodes, F32 cache") { fuzz(1, 2000, exact_options()); }

TEST("2000 random decodes, flash attention and F16 cache") { fuzz(2, 2000, flash_options(1)); }

TEST("10 random decodes with two threads") { fuzz(3, 10, flash_options(2)); }
