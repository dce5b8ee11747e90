// Batches and plans that make no sense are refused, and leave the cache as it was.
#include <limits>
#include <tuple>

#include "check.hpp"
#include "setup.hpp"

namespace {

constexpr int32_t kMost = std::numeric_limits<int32_t>::max();
constexpr int32_t kLeast = std::numeric_limits<int32_t>::min();

struct BadBatch {
  const char* what;
  std::function<void(nir::Batch&)> spoil;
};

/// `target` and `source` are never touched: the batches are refused.
std::vector<BadBatch> bad_batches(float* states) {
  std::vector<BadBatch> all = {
      {"no rows", [](nir::Batch& b) { b = {}; }},
      {"too many rows", [](nir::Batch& b) { append(b, some_tokens(62, 1), 0, 13); }},
      {"a column is short", [](nir::Batch& b) { b.tokens.pop_back(); }},
      {"sequences are short", [](nir::Batch& b) { b.sequences.pop_back(); }},
      {"plans are short", [](nir::Batch& b) { b.plans.pop_back(); }},
      {"samplers are short", [](nir::Batch& b) { b.samplers.pop_back(); }},
      {"token -1", [](nir::Batch& b) { b.tokens[0] = -1; }},
      {"token behind the vocabulary", [](nir::Batch& b) { b.tokens[1] = 320; }},
      {"sequence -1", [](nir::Batch& b) { b.sequences[0] = -1; }},
      {"sequence too large", [](nir::Batch& b) { b.sequences[2] = 16; }},
      {"position -1", [](nir::Batch& b) { b.positions[0] = -1; }},
      {"position already in the cache", [](nir::Batch& b) { b.positions = {9, 10, 11}; }},
      {"positions long past", [](nir::Batch& b) { b.positions = {0, 1, 2}; }},
      {"plan never defined", [](nir::Batch& b) { b.plans[1] = 3; }},
      {"plan far out", [](nir::Batch& b) { b.plans[1] = kMost; }},
      {"sampler never defined", [](nir::Batch& b) { b.samplers[1] = 7; }},
  };
  for (int32_t row : {-1, 3, kMost, kLeast}) {
    all.push_back({"logit row out of range", [row](nir::Batch& b) { b.logit_rows = {row}; }});
    all.push_back({"attention row out of range", [row](nir::Batch& b) { b.attention_rows = {row}; }});
  }
  all.push_back({"logit rows descend", [](nir::Batch& b) { b.logit_rows = {1, 0}; }});
  all.push_back({"a logit row twice", [](nir::Batch& b) { b.logit_rows = {1, 1}; }});
  all.push_back({"an attention row twice", [](nir::Batch& b) { b.attention_rows = {0, 0}; }});
  for (const auto& [row, count, layer] : std::vector<std::tuple<int32_t, int32_t, int32_t>>{
           {-1, 1, 0}, {3, 1, 0}, {0, 4, 0}, {0, -1, 0}, {kMost, kMost, 0}, {0, kMost, 0}, {kLeast, 1, 0}, {0, 1, -1}, {0, 1, 7}, {0, 1, kMost}}) {
    const nir::Capture capture = {row, count, layer, states};
    const nir::Overwrite overwrite = {row, count, layer, states};
    all.push_back({"capture out of range", [capture](nir::Batch& b) { b.captures = {capture}; }});
    all.push_back({"overwrite out of range", [overwrite](nir::Batch& b) { b.overwrites = {overwrite}; }});
  }
  all.push_back({"capture behind the last layer", [states](nir::Batch& b) { b.captures = {{0, 1, 6, states}}; }});
  all.push_back({"overwrite behind the last layer of no output", [states](nir::Batch& b) { b.overwrites = {{0, 1, 6, states}}; }});
  all.push_back({"overwrite behind the last layer of some outputs", [states](nir::Batch& b) {
                   b.overwrites = {{1, 2, 6, states}};
                   b.logit_rows = {2};
                 }});
  return all;
}

}  // namespace

TEST("an impossible batch is refused as INVALID_BATCH, and the cache is as before") {
  Floats states(64 * 64);
  const Tokens past = some_tokens(10, 1), next = some_tokens(3, 2);
  Fixture untouched;
  untouched.context.decode(rows(past, 0, 0));
  const Floats expected = last_logits(untouched.context, next, 0, 10);
  Fixture fixture;
  fixture.context.decode(rows(past, 0, 0));
  for (const auto& [what, spoil] : bad_batches(states.data())) {
    nir::Batch batch = rows(next, 0, 10);
    spoil(batch);
    const std::string code = error_of([&] { fixture.context.decode(batch); });
    if (code != "INVALID_BATCH") throw std::runtime_error(std::string(what) + " gives '" + code + "'");
  }
  CHECK(last_logits(fixture.context, next, 0, 10) == expected);
}

TEST("more outputs than there are sequences are refused") {
  Fixture fixture;
  nir::Batch batch = rows(some_tokens(17, 1), 0, 0);
  for (int32_t row = 0; row < 17; ++row) batch.logit_rows.push_back(row);
  CHECK(error_of([&] { fixture.context.decode(batch); }) == "INVALID_BATCH");
  batch.logit_rows.pop_back();
  CHECK(fixture.context.decode(batch).logits.size() == 16u * 320u);
}

TEST("more rows than the cache has cells are refused, whatever the batch size") {
  nir::ContextOptions options = exact_options();
  options.batch_size = 512;
  Fixture fixture(options);
  CHECK(fixture.context.cell_count() == 256);
  CHECK(error_of([&] { fixture.context.decode(rows(some_tokens(257, 1), 0, 0)); }) == "INVALID_BATCH");
  fixture.context.decode(rows(some_tokens(256, 1), 0, 0));
}

TEST("positions with a gap are refused, and the cache is as before") {
  const Tokens past = some_tokens(10, 1), next = some_tokens(3, 2);
  Fixture untouched, fixture;
  untouched.context.decode(rows(past, 0, 0));
  fixture.context.decode(rows(past, 0, 0));
  const Floats expected = last_logits(untouched.context, next, 0, 10);
  nir::Batch gap = rows(next, 0, 12);
  CHECK(!error_of([&] { fixture.context.decode(gap); }).empty());
  nir::Batch inner_gap = rows(next, 0, 10);
  inner_gap.positions = {10, 12, 13};
  CHECK(!error_of([&] { fixture.context.decode(inner_gap); }).empty());
  nir::Batch descending = rows(next, 0, 10);
  descending.positions = {11, 10, 12};
  CHECK(!error_of([&] { fixture.context.decode(descending); }).empty());
  nir::Batch beside = rows(next, 3, 5);  // a sequence that could be decoded, beside one that cannot
  append(beside, next, 0, 12);
  CHECK(!error_of([&] { fixture.context.decode(beside); }).empty());
  CHECK(last_logits(fixture.context, next, 0, 10) == expected);
  fixture.context.decode(rows(next, 3, 0));  // nothing of the sequence is left, so it may begin anywhere
}

TEST("captures and overwrites of no rows change nothing") {
  Fixture fixture;
  const Tokens tokens = some_tokens(5, 1);
  Floats states(fixture.hidden);
  const Floats expected = last_logits(fixture.context, tokens, 0, 0);
  for (int32_t row : {0, 3, 5})
    for (int32_t layer = 0; layer <= fixture.layers; ++layer) {
      fixture.context.clear();
      nir::Batch batch = rows(tokens, 0, 0);
      output_last(batch);
      batch.overwrites = {{row, 0, layer, states.data()}};
      if (layer < fixture.layers) batch.captures = {{row, 0, layer, states.data()}};
      CHECK(fixture.context.decode(batch).logits == expected);
    }
}

TEST("an impossible plan is refused as INVALID_PLAN") {
  Fixture fixture;
  const auto refused = [&](const nir::Plan& plan) { return error_of([&] { fixture.context.define_plan(plan); }) == "INVALID_PLAN"; };
  for (const auto& [from, until] : std::vector<std::pair<int32_t, int32_t>>{{-1, 2}, {3, 2}, {0, 7}, {7, 7}, {kLeast, kMost}, {kMost, kMost}}) {
    nir::Plan visible, shifted;
    visible.visible.push_back({0, from, until});
    shifted.shifts.push_back({from, until, 0, 1});
    CHECK(refused(visible));
    CHECK(refused(shifted));
  }
  const Floats one(fixture.hidden), three(3 * fixture.hidden);
  for (const auto& [layer, first, last] : std::vector<std::tuple<int32_t, int32_t, int32_t>>{
           {-1, 0, 1}, {6, 0, 1}, {kMost, 0, 1}, {0, -1, 1}, {0, 1, 1}, {0, 2, 1}, {0, kMost, kLeast}}) {
    nir::Plan edited;
    edited.edits.push_back({layer, first, last, false, one});
    CHECK(refused(edited));
  }
  for (const auto& [last, values] : std::vector<std::pair<int32_t, Floats>>{{4, {}}, {4, three}, {2, three}, {kMost, three}, {4, Floats(fixture.hidden + 1)}}) {
    nir::Plan edited;
    edited.edits.push_back({0, 0, last, true, values});
    CHECK(refused(edited));
  }
  nir::Plan good = seeing(3, 6, 6);
  good.edits.push_back({5, 0, 3, true, three});
  good.edits.push_back({5, 0, kMost, true, one});
  good.shifts.push_back({0, 6, 0, -5});
  CHECK(fixture.context.define_plan(good) == 0);  // nothing refused was stored
}

TEST("shifts of any size do no harm") {
  Fixture fixture;
  for (int32_t amount : {kMost, kLeast, -1}) {
    nir::Plan plan;
    plan.shifts.push_back({0, 6, 0, amount});
    plan.shifts.push_back({2, 6, 0, amount});
    const std::string refused = error_of([&] {
      const int32_t id = fixture.context.define_plan(plan);
      fixture.context.clear();
      fixture.context.decode(rows(some_tokens(4, 1), 0, 3, id));
    });
    CHECK(refused.empty() || refused == "INVALID_PLAN");
  }
}

TEST("releasing what does not exist is no error") {
  Fixture fixture;
  for (int32_t id : {-1, 0, 5, kMost, kLeast}) {
    fixture.context.release_plan(id);
    fixture.context.release_sampler(id);
    fixture.context.remove_sequence(id);
  }
}
