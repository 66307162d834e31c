// Names made comparable: case, accents, punctuation and spacing do not count.
#pragma once

#include <string>
#include <string_view>

namespace corridor {

// `Côte d’Ivoire` and `COTE D'IVOIRE` both give `cote d ivoire`: NFKD, accents and vowel points
// dropped, full case folding (so `ß` is `ss`), every run of punctuation, symbols and white space
// one space, none at the ends. Vowel signs of Indic and Thai scripts and the voicing marks of kana
// stay, since they tell names apart. Malformed UTF-8 becomes U+FFFD. The result is for comparison
// only; it may be empty. Thread-safe.
std::string FoldName(std::string_view name);

}  // namespace corridor
