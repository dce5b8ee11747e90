// The KV cache: full, rolled back, aborted, cleared, used again.
#include <atomic>
#include <chrono>
#include <limits>
#include <thread>

#include "check.hpp"
#include "setup.hpp"

namespace {

/// Does a failing call leave the cache such that what follows is the same, bit for bit? `fail` must throw `code`.
void leaves_no_trace(const nir::ContextOptions& options, const std::string& code, const std::function<void(Fixture&)>& fail) {
  const Tokens past = some_tokens(20, 1), context = some_tokens(6, 2), next = some_tokens(4, 3);
  const auto begin = [&](Fixture& fixture) {
    record(fixture.context, context, 1, 0);
    fixture.context.decode(rows(past, 0, 0));
  };
  const auto go_on = [&](Fixture& fixture) {
    Floats all = last_logits(fixture.context, next, 0, 20);
    const int32_t plan = fixture.context.define_plan(seeing(1, 2, 5));
    for (int32_t sequence : {2, 3}) {
      const Floats more = last_logits(fixture.context, next, sequence, 6, plan);
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  };
  Fixture untouched(options);
  begin(untouched);
  const Floats expected = go_on(untouched);
  Fixture fixture(options);
  begin(fixture);
  for (int time = 0; time < 3; ++time) {
    const std::string got = error_of([&] { fail(fixture); });
    if (got != code) throw std::runtime_error("expected " + code + ", got '" + got + "'");
  }
  CHECK(go_on(fixture) == expected);
}

/// Rows that go on with sequence 0, and rows of two new sequences.
nir::Batch mixed(int32_t plan = -1) {
  nir::Batch batch = rows(some_tokens(3, 7), 0, 20, plan);
  append(batch, some_tokens(5, 8), 2, 0, plan);
  append(batch, some_tokens(5, 9), 3, 11, plan);
  batch.recorded = {2, 3};
  return batch;
}

nir::ContextOptions flash_options() {
  nir::ContextOptions options = exact_options();
  options.flash_attention = true;
  options.f32_cache = false;
  return options;
}

}  // namespace

TEST("CACHE_FULL leaves the cache as before") {
  leaves_no_trace(exact_options(), "CACHE_FULL", [](Fixture& fixture) {
    const auto fill = [&](int32_t sequence) { fixture.context.decode(rows(some_tokens(64, 1), sequence, 0)); };
    try {
      for (int32_t sequence = 4; sequence < 16; ++sequence) fill(sequence);
    } catch (...) {
      nir::Batch batch = mixed();  // a part would fit
      append(batch, some_tokens(40, 3), 15, 0);
      const std::string code = error_of([&] { fixture.context.decode(batch); });
      for (int32_t sequence = 4; sequence < 16; ++sequence) fixture.context.remove_sequence(sequence);
      CHECK(code == "CACHE_FULL");
      throw;
    }
  });
}

TEST("a plan that names a sequence that is not recorded is INTERVENTION_FAILED, and leaves the cache as before") {
  for (const auto& options : {exact_options(), flash_options()})
    for (int32_t from = 0; from < 6; ++from)
      leaves_no_trace(options, "INTERVENTION_FAILED", [from](Fixture& fixture) {
        const int32_t plan = fixture.context.define_plan(seeing(9, from, 6));
        const std::string code = error_of([&] { fixture.context.decode(mixed(plan)); });
        fixture.context.release_plan(plan);
        throw nir::Error(code, "");
      });
}

TEST("attention shares under flash attention are INTERVENTION_MISSED, and leave the cache as before") {
  leaves_no_trace(flash_options(), "INTERVENTION_MISSED", [](Fixture& fixture) {
    nir::Batch batch = mixed();
    batch.attention_rows = {1};
    fixture.context.decode(batch);
  });
}

TEST("ABORTED leaves the cache as before") {
  for (const auto& options : {exact_options(), flash_options()})
    leaves_no_trace(options, "ABORTED", [](Fixture& fixture) {
      fixture.context.abort();
      const std::string code = error_of([&] { fixture.context.decode(mixed()); });
      fixture.context.clear_abort();
      throw nir::Error(code, "");
    });
}

TEST("a decode aborted from another thread at any moment can be tried again, with the same logits") {
  Fixture fixture;
  const Tokens tokens = some_tokens(64, 5);
  const auto decode = [&] {
    Floats states(64 * fixture.hidden);
    nir::Batch batch = rows(tokens, 0, 0);
    output_last(batch);
    for (int32_t layer = 0; layer < fixture.layers; ++layer) batch.captures.push_back({0, 64, layer, states.data()});
    batch.recorded = {0};
    return fixture.context.decode(batch).logits;
  };
  const Floats expected = decode();
  int aborted = 0;
  for (int time = 0; time < 150; ++time) {
    fixture.context.clear();
    std::atomic<bool> started{false};
    std::thread other([&] {
      while (!started) std::this_thread::yield();
      std::this_thread::sleep_for(std::chrono::microseconds(time * 20));
      fixture.context.abort();
    });
    Floats logits;
    started = true;
    const std::string code = error_of([&] { logits = decode(); });
    other.join();
    fixture.context.clear_abort();
    CHECK(code.empty() || code == "ABORTED");
    aborted += !code.empty();
    CHECK((code.empty() ? logits : decode()) == expected);
  }
  CHECK(aborted > 0);  // the first waits not at all
}

TEST("cleared, a context gives the same to the last bit") {
  Fixture fixture;
  const auto everything = [&] {
    record(fixture.context, some_tokens(9, 1), 4, 0);
    const int32_t plan = fixture.context.define_plan(seeing(4, 1, 4));
    Floats logits = last_logits(fixture.context, some_tokens(7, 2), 0, 9, plan);
    fixture.context.release_plan(plan);
    return logits;
  };
  const Floats first = everything();
  fixture.context.decode(rows(some_tokens(50, 3), 7, 0));
  fixture.context.clear();
  const int32_t plan = fixture.context.define_plan(seeing(4, 0, 6));
  CHECK(error_of([&] { fixture.context.decode(rows({1}, 0, 0, plan)); }) == "INTERVENTION_FAILED");
  fixture.context.release_plan(plan);
  CHECK(everything() == first);
}

TEST("a probe passes and leaves an empty cache") {
  for (const auto& options : {exact_options(), flash_options()}) {
    Fixture untouched(options), fixture(options);
    fixture.context.decode(rows(some_tokens(30, 3), 1, 0));
    fixture.context.probe();
    const Tokens tokens = some_tokens(8, 1);
    CHECK(last_logits(fixture.context, tokens, 0, 0) == last_logits(untouched.context, tokens, 0, 0));
    CHECK(fixture.context.define_plan({}) == 0);
  }
}

TEST("the very first decode of a context may capture and overwrite layer 0") {
  Fixture first, second;
  second.context.decode(rows({1}, 0, 0));
  second.context.clear();
  const Tokens tokens = some_tokens(8, 1);
  const auto decode = [&](Fixture& fixture) {
    Floats states(8 * fixture.hidden), source = some_floats(8 * fixture.hidden, 3);
    nir::Batch batch = rows(tokens, 0, 0);
    output_last(batch);
    batch.captures = {{0, 8, 0, states.data()}};
    Floats all = fixture.context.decode(batch).logits;
    batch.overwrites = {{0, 8, 0, source.data()}};
    batch.sequences.assign(8, 1);
    const Floats overwritten = fixture.context.decode(batch).logits;
    CHECK(states == source);
    all.insert(all.end(), overwritten.begin(), overwritten.end());
    return all;
  };
  CHECK(decode(first) == decode(second));
}

TEST("cells of removed sequences are used again, also in pieces") {
  Fixture compact, scattered;
  const Tokens context = some_tokens(40, 1), prompt = some_tokens(6, 2);
  record(compact.context, context, 0, 0);
  for (int round = 0; round < 20; ++round) {
    for (int32_t sequence = 1; sequence < 16; ++sequence) scattered.context.decode(rows(some_tokens(16, 9), sequence, 0));
    for (int32_t sequence = 1; sequence < 16; sequence += 2) scattered.context.remove_sequence(sequence);
    record(scattered.context, {context.begin(), context.begin() + 25}, 1, 0);
    record(scattered.context, {context.begin() + 25, context.end()}, 1, 25);
    const nir::Plan plan = seeing(1, round % 6, 6), same = seeing(0, round % 6, 6);
    const int32_t id = scattered.context.define_plan(plan), same_id = compact.context.define_plan(same);
    const Floats logits = last_logits(scattered.context, prompt, 3, 40, id);
    CHECK(close(logits, last_logits(compact.context, prompt, 1, 40, same_id)));
    scattered.context.release_plan(id);
    compact.context.release_plan(same_id);
    compact.context.remove_sequence(1);
    for (int32_t sequence = 1; sequence < 16; ++sequence) scattered.context.remove_sequence(sequence);
  }
}

// Without flash attention it does: hidden cells get the weight 0, and 0 times NaN is NaN.
TEST("under flash attention, a sequence whose states are not finite spoils no other, neither beside nor after it") {
  Fixture untouched(flash_options()), fixture(flash_options());
  const Tokens tokens = some_tokens(8, 1);
  const Floats expected = last_logits(untouched.context, tokens, 0, 0);
  const int32_t greedy = fixture.context.define_sampler({});
  for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    nir::Plan plan;
    plan.edits.push_back({1, 0, 100, false, Floats(fixture.hidden, bad)});
    fixture.context.clear();
    nir::Batch batch = rows(tokens, 1, 0, fixture.context.define_plan(plan));
    batch.samplers.back() = greedy;
    append(batch, tokens, 0, 0);
    output_last(batch);
    const nir::Decoded decoded = fixture.context.decode(batch);
    CHECK(decoded.sampled[0].token == -1);
    CHECK(difference(decoded.logits, expected) < 1e-2);
    fixture.context.remove_sequence(1);
    CHECK(difference(last_logits(fixture.context, tokens, 2, 0), expected) < 1e-2);
  }
}
