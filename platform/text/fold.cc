// Folds names with ICU.
#include "platform/text/fold.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace corridor {
namespace {

// Canonical combining classes (Unicode, UAX #44) of the marks that do not tell names apart: points
// of Hebrew and Arabic (10 to 36), and what stands above, below or through a letter (200 and up).
// Nukta 7, kana voicing 8, virama 9 and the vowel signs of Telugu, Thai and others (84 to 132)
// stay; the vowel signs of class 0 do too.
bool IsAccent(UChar32 c) {
  const uint8_t combining_class = u_getCombiningClass(c);
  return (combining_class >= 10 && combining_class <= 36) || combining_class >= 200;
}

bool Separates(UChar32 c) {
  return (U_GET_GC_MASK(c) & (U_GC_P_MASK | U_GC_S_MASK | U_GC_Z_MASK | U_GC_C_MASK)) != 0 &&
         c != 0xFFFD;
}

icu::UnicodeString Decompose(const icu::UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkd = icu::Normalizer2::getNFKDInstance(error);
  if (U_FAILURE(error)) return text;
  icu::UnicodeString decomposed = nfkd->normalize(text, error);
  return U_FAILURE(error) ? text : decomposed;
}

}  // namespace

std::string FoldName(std::string_view name) {
  const icu::StringPiece utf8(name.data(), static_cast<int32_t>(name.size()));
  icu::UnicodeString text = Decompose(icu::UnicodeString::fromUTF8(utf8));
  text.foldCase(U_FOLD_CASE_DEFAULT);
  // Case folding can compose anew, e.g. U+0345 to a letter.
  text = Decompose(text);

  icu::UnicodeString kept;
  bool space = false;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (IsAccent(c)) continue;
    if (Separates(c)) {
      space = true;
      continue;
    }
    if (space && !kept.isEmpty()) kept.append(UChar32{' '});
    space = false;
    kept.append(c);
  }
  std::string folded;
  kept.toUTF8String(folded);
  return folded;
}

}  // namespace corridor
