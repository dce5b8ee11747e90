// What plans, captures, overwrites and outputs must give by their definition.
#include "check.hpp"
#include "setup.hpp"

namespace {

/// The hidden states of all rows at the input of every layer, from a decode of their own.
std::vector<Floats> captured(Fixture& fixture, const Tokens& tokens, int32_t sequence, Floats* logits = nullptr) {
  std::vector<Floats> states(static_cast<size_t>(fixture.layers), Floats(tokens.size() * fixture.hidden));
  nir::Batch batch = rows(tokens, sequence, 0);
  output_last(batch);
  for (int32_t layer = 0; layer < fixture.layers; ++layer)
    batch.captures.push_back({0, static_cast<int32_t>(tokens.size()), layer, states[static_cast<size_t>(layer)].data()});
  const auto decoded = fixture.context.decode(batch);
  if (logits) *logits = decoded.logits;
  return states;
}

Floats part(const Floats& states, size_t first, size_t count, size_t hidden) {
  const auto begin = states.begin() + static_cast<std::ptrdiff_t>(first * hidden);
  return {begin, begin + static_cast<std::ptrdiff_t>(count * hidden)};
}

}  // namespace

TEST("a context seen in all layers is an ordinary past") {
  Fixture fixture;
  const Tokens past = some_tokens(12, 1), next = some_tokens(5, 2);
  const Floats expected = last_logits(fixture.context, past + next, 0, 0);
  record(fixture.context, past, 1, 0);
  CHECK(close(last_logits(fixture.context, next, 2, 12, fixture.context.define_plan(seeing(1, 0, 6))), expected));
}

TEST("a context seen in no layer changes nothing, wherever the rows sit") {
  Fixture fixture;
  const Tokens next = some_tokens(5, 2);
  const Floats expected = last_logits(fixture.context, next, 0, 0);
  record(fixture.context, some_tokens(12, 1), 1, 0);
  int32_t sequence = 2;
  for (int32_t layer : {0, 3, 6})
    CHECK(close(last_logits(fixture.context, next, sequence++, 12, fixture.context.define_plan(seeing(1, layer, layer))), expected));
}

TEST("several contexts, each seeing those before it, are one past") {
  Fixture fixture;
  const Tokens a = some_tokens(7, 1), b = some_tokens(6, 2), c = some_tokens(9, 3), next = some_tokens(4, 4);
  const Floats expected = last_logits(fixture.context, a + b + c + next, 0, 0);
  record(fixture.context, a, 1, 0);
  nir::Plan plan = seeing(1, 0, 6);
  record(fixture.context, b, 2, 7, fixture.context.define_plan(plan));
  plan.visible.push_back({2, 0, 6});
  record(fixture.context, c, 3, 13, fixture.context.define_plan(plan));
  plan.visible.push_back({3, 0, 3});
  plan.visible.push_back({3, 3, 6});  // two windows of one context
  CHECK(close(last_logits(fixture.context, next, 4, 22, fixture.context.define_plan(plan)), expected));
}

TEST("rows under different plans do not disturb each other") {
  Fixture fixture;
  const Tokens next = some_tokens(3, 2);
  record(fixture.context, some_tokens(12, 1), 0, 0);
  std::vector<int32_t> plans = {-1};
  for (int32_t layer = 0; layer < 6; ++layer) plans.push_back(fixture.context.define_plan(seeing(0, layer, std::min(layer + 3, 6))));
  nir::Batch batch;
  for (size_t i = 0; i < plans.size(); ++i) {
    append(batch, next, static_cast<int32_t>(i) + 1, 12, plans[i]);
    output_last(batch);
  }
  const Floats together = fixture.context.decode(batch).logits;
  for (size_t i = 0; i < plans.size(); ++i) {
    fixture.context.remove_sequence(static_cast<int32_t>(i) + 1);
    CHECK(close(last_logits(fixture.context, next, static_cast<int32_t>(i) + 1, 12, plans[i]), part(together, i, 1, 320)));
  }
}

TEST("plans are forgotten and their ids used again") {
  Fixture fixture;
  record(fixture.context, some_tokens(4, 1), 0, 0);
  CHECK(fixture.context.define_plan(seeing(0, 0, 6)) == 0);
  CHECK(fixture.context.define_plan({}) == 1);
  fixture.context.release_plan(0);
  CHECK(error_of([&] { fixture.context.decode(rows({1}, 1, 4, 0)); }) == "INVALID_BATCH");
  CHECK(fixture.context.define_plan({}) == 0);
  CHECK(last_logits(fixture.context, {5}, 1, 4, 0) == last_logits(fixture.context, {5}, 2, 4, 1));
  CHECK(fixture.context.define_sampler({}) == 0);
  CHECK(fixture.context.define_sampler({}) == 1);
  fixture.context.release_sampler(0);
  CHECK(fixture.context.define_sampler({}) == 0);
}

TEST("captures of parts of a batch are parts of the whole") {
  Fixture fixture;
  const Tokens tokens = some_tokens(20, 1);
  const auto whole = captured(fixture, tokens, 0);
  nir::Batch batch = rows(some_tokens(7, 9), 1, 0);  // rows of another sequence in front
  append(batch, tokens, 2, 0);
  Floats middle(5 * fixture.hidden), last(fixture.hidden), again(2 * fixture.hidden);
  batch.captures = {{7 + 8, 5, 3, middle.data()}, {7 + 19, 1, 5, last.data()}, {7 + 9, 2, 3, again.data()}};
  fixture.context.decode(batch);
  CHECK(close(middle, part(whole[3], 8, 5, fixture.hidden)));
  CHECK(close(last, part(whole[5], 19, 1, fixture.hidden)));
  CHECK(again == part(middle, 1, 2, fixture.hidden));
}

TEST("rows overwritten by their own states stay as they are") {
  Fixture fixture;
  Floats expected;
  const Tokens tokens = some_tokens(10, 1);
  const auto states = captured(fixture, tokens, 0, &expected);
  for (int32_t layer = 0; layer < fixture.layers; ++layer) {
    nir::Batch batch = rows(tokens, 1, 0);
    output_last(batch);
    batch.overwrites = {{2, 5, layer, states[static_cast<size_t>(layer)].data() + 2 * fixture.hidden}};
    const Floats logits = fixture.context.decode(batch).logits;
    CHECK(close(logits, expected));
    fixture.context.remove_sequence(1);
  }
}

TEST("placeholders overwritten by a text's states go on as the text, and are captured as written") {
  Fixture fixture;
  Floats expected;
  const Tokens tokens = some_tokens(10, 1);
  const auto states = captured(fixture, tokens, 0, &expected);
  for (int32_t layer = 0; layer < fixture.layers; ++layer) {
    const Floats& source = states[static_cast<size_t>(layer)];
    nir::Batch batch = rows(Tokens(10, 0), 1, 0);
    output_last(batch);
    Floats seen(source.size());
    batch.overwrites = {{0, 4, layer, source.data()}, {4, 6, layer, source.data() + 4 * fixture.hidden}};
    batch.captures = {{0, 10, layer, seen.data()}};
    CHECK(close(fixture.context.decode(batch).logits, expected));
    CHECK(seen == source);
    fixture.context.remove_sequence(1);
  }
}

TEST("a plan's replacement is an overwrite; adding nothing changes nothing; the order of edits counts") {
  Fixture fixture;
  const Tokens tokens = some_tokens(10, 1);
  const Floats source = some_floats(3 * fixture.hidden, 5), zero(fixture.hidden), one = some_floats(fixture.hidden, 6);
  for (int32_t layer = 0; layer < fixture.layers; ++layer) {
    const auto logits = [&](const std::vector<nir::Edit>& edits, bool overwrite, Floats& seen) {
      fixture.context.clear();
      nir::Plan plan;
      plan.edits = edits;
      const int32_t id = fixture.context.define_plan(plan);
      nir::Batch batch = rows(tokens, 0, 100, id);
      output_last(batch);
      seen.resize(10 * fixture.hidden);
      batch.captures = {{0, 10, layer, seen.data()}};
      if (overwrite) batch.overwrites = {{4, 3, layer, source.data()}};
      const Floats result = fixture.context.decode(batch).logits;
      fixture.context.release_plan(id);
      return result;
    };
    Floats plain, seen;
    const Floats expected = logits({}, false, plain);
    CHECK(logits({{layer, 0, 1000, false, zero}}, false, seen) == expected);
    CHECK(logits({{layer, 0, 100, true, zero}, {layer, 110, 120, true, zero}}, false, seen) == expected);
    CHECK(logits({}, true, seen) == logits({{layer, 104, 107, true, source}}, false, seen));
    logits({{layer, 104, 107, true, source}, {layer, 106, 108, false, one}}, false, seen);
    for (size_t row = 0; row < 10; ++row)
      for (size_t i = 0; i < fixture.hidden; ++i) {
        float value = row >= 4 && row < 7 ? source[(row - 4) * fixture.hidden + i] : plain[row * fixture.hidden + i];
        if (row == 6 || row == 7) value += one[i];
        CHECK(seen[row * fixture.hidden + i] == value);
      }
    logits({{layer, 106, 108, false, one}, {layer, 104, 107, true, source}}, false, seen);
    CHECK(part(seen, 4, 3, fixture.hidden) == source);
  }
}

TEST("positions moved in all layers are those positions") {
  Fixture fixture;
  const Tokens tokens = some_tokens(10, 1);
  nir::Plan plan;
  plan.shifts.push_back({0, 4, 0, 30});
  plan.shifts.push_back({4, 6, 0, 30});
  plan.shifts.push_back({0, 6, 25, 7});  // from position 25 on, so a gap in the positions of a text
  const int32_t id = fixture.context.define_plan(plan);
  const Floats expected = last_logits(fixture.context, tokens, 0, 35);
  fixture.context.clear();
  CHECK(last_logits(fixture.context, tokens, 0, 5, id) == expected);
  fixture.context.clear();
  CHECK(difference(last_logits(fixture.context, tokens, 0, 20, id), expected) > 1e-3);
}

TEST("attention to copies of a row is shared evenly") {
  Fixture fixture;
  nir::Plan plan;
  for (int32_t copies = 1; copies <= 4; ++copies) {
    record(fixture.context, {77}, copies, 5);
    plan.visible.push_back({copies, 0, 6});
    nir::Batch batch = rows({77}, 0, 5, fixture.context.define_plan(plan));
    batch.attention_rows = {0};
    const Floats shares = fixture.context.decode(batch).attention;
    CHECK(shares.size() == 6u * 4u);  // layers, heads
    for (float share : shares) CHECK(std::abs(share - static_cast<float>(copies) / static_cast<float>(copies + 1)) < 1e-6f);
    fixture.context.remove_sequence(0);
  }
}

TEST("attention shares add up over contexts, are nothing where a context is hidden, and belong to their rows") {
  Fixture fixture;
  const Tokens a = some_tokens(7, 1), b = some_tokens(6, 2), next = some_tokens(3, 4);
  record(fixture.context, a + b, 1, 0);
  record(fixture.context, a, 2, 0);
  nir::Plan halves = seeing(2, 0, 6);
  record(fixture.context, b, 3, 7, fixture.context.define_plan(halves));
  halves.visible.push_back({3, 0, 6});
  nir::Batch batch = rows(next, 4, 13, fixture.context.define_plan(seeing(1, 0, 6)));
  append(batch, next, 5, 13, fixture.context.define_plan(halves));
  append(batch, next, 6, 13, fixture.context.define_plan(seeing(1, 2, 4)));
  append(batch, next, 7, 13);
  for (int32_t row = 0; row < 12; ++row)
    if (row % 3 != 1) batch.attention_rows.push_back(row);
  const Floats shares = fixture.context.decode(batch).attention;
  const size_t width = 6 * 4;
  CHECK(shares.size() == 8 * width);
  CHECK(close(part(shares, 2, 2, width), part(shares, 0, 2, width)));
  for (size_t i = 0; i < width; ++i) {
    for (size_t row = 0; row < 6; ++row) {
      const size_t layer = i / 4;
      const bool visible = row < 4 || (layer >= 2 && layer < 4);
      CHECK(visible ? shares[row * width + i] > 0 && shares[row * width + i] < 1 : shares[row * width + i] == 0);
    }
    CHECK(shares[6 * width + i] == 0 && shares[7 * width + i] == 0);
  }
}

TEST("logits of several rows are those of each; a greedy sampler takes the largest") {
  Fixture fixture;
  const Tokens tokens = some_tokens(9, 1);
  const int32_t greedy = fixture.context.define_sampler({});
  nir::Batch batch = rows(tokens, 0, 0);
  batch.logit_rows = {0, 3, 8};
  batch.samplers[3] = batch.samplers[5] = batch.samplers[8] = greedy;
  const nir::Decoded decoded = fixture.context.decode(batch);
  CHECK(decoded.logits.size() == 3u * 320u && decoded.sampled.size() == 3 && decoded.attention.empty());
  const size_t lengths[] = {1, 4, 9};
  for (size_t i = 0; i < 3; ++i) {
    fixture.context.remove_sequence(1);
    CHECK(close(part(decoded.logits, i, 1, 320), last_logits(fixture.context, {tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(lengths[i])}, 1, 0)));
  }
  for (const auto& [row, sampled] : {std::pair(1, decoded.sampled[0]), std::pair(2, decoded.sampled[2])}) {
    const Floats logits = part(decoded.logits, static_cast<size_t>(row), 1, 320);
    const auto best = std::max_element(logits.begin(), logits.end());
    CHECK(sampled.token == best - logits.begin());
    double total = 0, entropy = 0;
    for (float logit : logits) total += std::exp(double(logit) - *best);
    for (float logit : logits) entropy -= (double(logit) - *best - std::log(total)) * std::exp(double(logit) - *best) / total;
    CHECK(std::abs(sampled.log_probability + std::log(total)) < 1e-5);
    CHECK(std::abs(sampled.entropy - entropy) < 1e-5);
  }
}

TEST("draws depend on the seed alone") {
  Fixture fixture;
  const auto draw = [&](const nir::Sampling& sampling) {
    fixture.context.clear();
    const int32_t sampler = fixture.context.define_sampler(sampling);
    Tokens tokens = some_tokens(4, 1);
    for (int32_t step = 0; step < 12; ++step) {
      nir::Batch batch = step == 0 ? rows(tokens, 0, 0) : rows({tokens.back()}, 0, 3 + step);
      batch.samplers.back() = sampler;
      tokens.push_back(fixture.context.decode(batch).sampled[0].token);
    }
    fixture.context.release_sampler(sampler);
    return tokens;
  };
  const nir::Sampling warm = {1.5f, 40, 0.95f, 0.01f, 7}, other = {1.5f, 40, 0.95f, 0.01f, 8}, one = {1.5f, 1, 1, 0, 7};
  CHECK(draw(warm) == draw(warm));
  CHECK(draw(warm) != draw(other));
  CHECK(draw(one) == draw({}));  // of one candidate there is no choice
}

TEST("states behind the last layer give the logits that their text has") {
  Fixture fixture;
  const Floats source = some_floats(2 * fixture.hidden, 3);
  nir::Batch batch = rows(some_tokens(6, 1), 0, 0);
  batch.logit_rows = {1, 3, 4};
  batch.overwrites = {{3, 2, fixture.layers, source.data()}};
  const Floats logits = fixture.context.decode(batch).logits;
  nir::Batch other = rows(some_tokens(5, 8), 1, 0);
  other.logit_rows = {0, 4};
  other.overwrites = {{4, 1, fixture.layers, source.data()}, {0, 1, fixture.layers, source.data() + fixture.hidden}};
  const Floats again = fixture.context.decode(other).logits;
  CHECK(close(part(again, 1, 1, 320), part(logits, 1, 1, 320)));
  CHECK(close(part(again, 0, 1, 320), part(logits, 2, 1, 320)));
  CHECK(close(part(logits, 0, 1, 320), last_logits(fixture.context, {some_tokens(6, 1)[0], some_tokens(6, 1)[1]}, 2, 0)));
}
