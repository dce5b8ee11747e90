// nir-golden <libllama> <model.gguf> <cases>: the golden cases with nothing but the engine's core, one by one and all
// in one batch. Also an example: how to capture, inject, steer and generate from C++. See docs/cpp.md.
#include <core/context.hpp>
#include <core/error.hpp>
#include <core/library.hpp>
#include <core/model.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>

#include "golden_cases.hpp"
#include "rows.hpp"

namespace {

using States = std::vector<float>;  // [tokens, hidden size]

/// Behind every position.
constexpr int32_t kEnd = std::numeric_limits<int32_t>::max();

/// A generation to run: its rows, and what is done to them.
struct Arm {
  std::vector<llama_token> prompt;
  int32_t sequence;
  int32_t base;  // position of the prompt's first row
  int32_t plan;
};

struct Generation {
  std::vector<llama_token> tokens;
  std::vector<float> logits;  // [tokens, vocabulary size]
};

/// Step 1, capture: one pass over a text gives its hidden states at the input of every layer. As its cells are
/// recorded, the sequence also serves as a context: the text's keys and values, which plans can make visible.
std::vector<States> capture(nir::Context& context, const std::vector<llama_token>& tokens, int32_t sequence, int32_t layers) {
  std::vector<States> states(static_cast<size_t>(layers), States(tokens.size() * context.hidden_size()));
  nir::Batch batch;
  append(batch, tokens, sequence, 0);
  const int32_t count = static_cast<int32_t>(tokens.size());
  for (int32_t layer = 0; layer < layers; ++layer) batch.captures.push_back({0, count, layer, states[static_cast<size_t>(layer)].data()});
  batch.recorded = {sequence};
  context.decode(batch);
  return states;
}

/// Step 2, only where hidden states go into another layer than they come from: a pass over placeholder tokens, whose
/// hidden states are replaced at the input of the injection layer. From there on, keys and values are the CRV's.
void place(nir::Context& context, const States& states, int32_t layer, int32_t sequence) {
  const size_t count = states.size() / context.hidden_size();
  nir::Batch batch;
  append(batch, std::vector<llama_token>(count, 0), sequence, 0);
  batch.overwrites.push_back({0, static_cast<int32_t>(count), layer, states.data()});
  batch.recorded = {sequence};
  context.decode(batch);
}

/// Step 3, an arm's plan: from its injection layer on, its rows see the cells of the context. The context is at the
/// positions 0 to n - 1 and the prompt behind it, in every layer, since positions (RoPE) are relative.
nir::Plan injection(const GoldenCase& golden, int32_t context_sequence, int32_t count, int32_t layers) {
  nir::Plan plan;
  const int32_t until = golden.until < 0 ? layers : golden.until;
  plan.visible.push_back({context_sequence, golden.inject, until});
  const int32_t first_generated = count + static_cast<int32_t>(golden.prompt.size());
  if (golden.released_positions) plan.shifts.push_back({golden.inject, until, first_generated, -count});
  return plan;
}

/// The other kind of plan: a vector, here the CRV's mean, is added at the input of a layer at every position.
nir::Plan steering(const GoldenCase& golden, const States& states, size_t hidden_size) {
  std::vector<float> vector(hidden_size);
  const float weight = golden.scale * static_cast<float>(hidden_size) / static_cast<float>(states.size());
  for (size_t i = 0; i < states.size(); ++i) vector[i % hidden_size] += states[i] * weight;
  nir::Plan plan;
  plan.edits.push_back({golden.steer, 0, kEnd, false, vector});
  return plan;
}

/// Step 4: all prompts in one decode, then a decode for each token, with a row for each arm.
std::vector<Generation> generate(nir::Context& context, const std::vector<Arm>& arms, size_t token_count) {
  const int32_t greedy = context.define_sampler({});
  std::vector<Generation> generations(arms.size());
  for (size_t step = 0; step < token_count; ++step) {
    nir::Batch batch;
    for (size_t i = 0; i < arms.size(); ++i) {
      const auto& [prompt, sequence, base, plan] = arms[i];
      if (step == 0)
        append(batch, prompt, sequence, base, plan);
      else
        append(batch, {generations[i].tokens.back()}, sequence, base + static_cast<int32_t>(prompt.size() + step - 1), plan);
      output_last(batch, greedy);
    }
    const nir::Decoded decoded = context.decode(batch);
    const auto vocabulary = static_cast<std::ptrdiff_t>(decoded.logits.size() / arms.size());
    for (size_t i = 0; i < arms.size(); ++i) {
      generations[i].tokens.push_back(decoded.sampled[i].token);
      const auto logits = decoded.logits.begin() + static_cast<std::ptrdiff_t>(i) * vocabulary;
      generations[i].logits.insert(generations[i].logits.end(), logits, logits + vocabulary);
    }
  }
  context.release_sampler(greedy);
  return generations;
}

/// All steps for some of the cases, in one batch and an empty cache.
std::vector<Generation> run(nir::Context& context, const std::vector<GoldenCase>& cases, const Golden& golden, std::vector<States>& states) {
  const int32_t layers = static_cast<int32_t>(golden.states.size());
  const int32_t count = static_cast<int32_t>(golden.context.size());
  int32_t next_sequence = 0;
  const int32_t captured = next_sequence++;
  context.clear();
  states = capture(context, golden.context, captured, layers);
  std::vector<Arm> arms;
  for (const GoldenCase& one : cases) {
    Arm arm = {one.prompt, 0, 0, -1};
    if (one.inject >= 0) {
      int32_t source = captured;  // the capture pass left the very keys and values that an injection there needs
      if (one.capture != one.inject) place(context, states[static_cast<size_t>(one.capture)], one.inject, source = next_sequence++);
      arm.base = count;
      arm.plan = context.define_plan(injection(one, source, count, layers));
    } else if (one.steer >= 0) {
      arm.plan = context.define_plan(steering(one, states[static_cast<size_t>(one.capture)], context.hidden_size()));
    }
    arm.sequence = next_sequence++;
    arms.push_back(arm);
  }
  const auto generations = generate(context, arms, cases.front().tokens.size());
  for (const Arm& arm : arms) context.release_plan(arm.plan);
  return generations;
}

/// The largest difference, as a share of the largest expected value.
double relative_error(const std::vector<float>& actual, const std::vector<float>& expected) {
  if (actual.size() != expected.size()) return std::numeric_limits<double>::infinity();
  double difference = 0, largest = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    if (!std::isfinite(actual[i])) return std::numeric_limits<double>::infinity();
    difference = std::max(difference, std::abs(double(actual[i]) - expected[i]));
    largest = std::max(largest, std::abs(double(expected[i])));
  }
  return difference / largest;
}

/// Prints an error for each case, and the worst of them.
class Report {
 public:
  Report(const char* setting, double bound) : setting_(setting), bound_(bound) {}
  void add(const char* how, const std::string& name, double error, bool same_tokens = true) {
    const bool passed = error < bound_ && same_tokens;
    std::printf("%-5s %-11s %-36s %.1e %s\n", setting_, how, name.c_str(), error,
                passed ? "ok" : same_tokens ? "FAILED" : "FAILED (other tokens)");
    ++checks_;
    failures_ += !passed;
    worst_ = std::max(worst_, error);
  }
  int finish() const {
    std::printf("%-5s %d checks, %d failed, worst error %.1e (bound %.0e)\n", setting_, checks_, failures_, worst_, bound_);
    return failures_;
  }

 private:
  const char* const setting_;
  const double bound_;
  int checks_ = 0;
  int failures_ = 0;
  double worst_ = 0;
};

int check(nir::Context& context, const Golden& golden, Report report) {
  const auto compare = [&](const char* how, const std::vector<GoldenCase>& cases) {
    std::vector<States> states;
    const auto generations = run(context, cases, golden, states);
    for (size_t i = 0; i < cases.size(); ++i)
      report.add(how, cases[i].name, relative_error(generations[i].logits, cases[i].logits), generations[i].tokens == cases[i].tokens);
    return states;
  };
  for (const GoldenCase& one : golden.cases) compare("one by one", {one});
  const auto states = compare("one batch", golden.cases);
  for (size_t layer = 0; layer < golden.states.size(); ++layer)
    report.add("captured", "layer " + std::to_string(layer), relative_error(states[layer], golden.states[layer]));
  return report.finish();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s <libllama> <model.gguf> <cases>\n", argv[0]);
    return 2;
  }
  try {
    nir::load_library(argv[1]).llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
    const auto model = std::make_shared<nir::Model>(argv[2], 0);
    const Golden golden = read_golden(argv[3]);
    if (static_cast<size_t>(model->layer_count()) != golden.states.size()) throw std::runtime_error("The cases are not of this model.");
    nir::ContextOptions options;
    options.flash_attention = false;
    options.f32_cache = true;
    nir::Context exact(model, options);
    nir::Context fast(model, {});  // flash attention, F16 cache
    exact.probe();                 // throws where the model is not of a kind that the engine can serve
    const int failures = check(exact, golden, {"exact", 1e-5}) + check(fast, golden, {"fast", 1e-2});
    return failures == 0 ? 0 : 1;
  } catch (const nir::Error& error) {
    std::fprintf(stderr, "%s: %s\n", error.code.c_str(), error.what());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  return 1;
}
