#pragma once
#include <llama.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

/// One generation of test/golden/nir-forward/cases.json. Layers are -1 where the case has none.
struct GoldenCase {
  std::string name;
  int32_t capture = -1;
  int32_t inject = -1;
  int32_t until = -1;
  bool released_positions = false;  // generated tokens sit too early, as in the thesis' released code
  int32_t steer = -1;               // the CRV's mean, times `scale`, is added at this layer
  float scale = 0;
  std::vector<llama_token> prompt;
  std::vector<llama_token> tokens;  // expected, greedy
  std::vector<float> logits;        // expected, [tokens, vocabulary size]
};

struct Golden {
  std::vector<llama_token> context;
  std::vector<std::vector<float>> states;  // expected at the input of every layer, [context tokens, hidden size]
  std::vector<GoldenCase> cases;
};

/// Reads what scripts/golden-cases.mjs writes: a line holds a key and its values.
inline Golden read_golden(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("'" + path + "' cannot be opened; scripts/golden-cases.mjs writes such a file.");
  Golden golden;
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string key;
    words >> key;
    const auto ints = [&words] {
      std::vector<llama_token> values;
      for (llama_token value; words >> value;) values.push_back(value);
      return values;
    };
    const auto floats = [&words] {
      std::vector<float> values;
      for (float value; words >> value;) values.push_back(value);
      return values;
    };
    if (key == "context") {
      golden.context = ints();
      continue;
    }
    if (key == "states") {
      golden.states.push_back(floats());
      continue;
    }
    if (key == "case") golden.cases.emplace_back();
    if (golden.cases.empty()) throw std::runtime_error("'" + path + "' has '" + key + "' before the first case.");
    GoldenCase& last = golden.cases.back();
    if (key == "case") std::getline(words >> std::ws, last.name);
    else if (key == "capture") words >> last.capture;
    else if (key == "inject") words >> last.inject;
    else if (key == "until") words >> last.until;
    else if (key == "released") last.released_positions = true;
    else if (key == "steer") words >> last.steer >> last.scale;
    else if (key == "prompt") last.prompt = ints();
    else if (key == "tokens") last.tokens = ints();
    else if (key == "logits") last.logits = floats();
    else throw std::runtime_error("'" + path + "' has the unknown key '" + key + "'.");
  }
  if (golden.cases.empty()) throw std::runtime_error("'" + path + "' has no cases.");
  return golden;
}
