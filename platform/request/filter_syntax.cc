// A lexer, and one function for each rule of the grammar at
// https://google.aip.dev/assets/misc/ebnf-filtering.txt.
#include "platform/request/filter_syntax.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "platform/status/status.h"

namespace corridor {
namespace {

enum class TokenKind { kEnd, kBare, kQuoted, kOperator, kOpen, kClose };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  size_t position = 0;
  std::string text;  // As written, for kBare and kOperator.
  FilterArgument argument;
};

bool EndsBare(char c) {
  return absl::ascii_isspace(static_cast<unsigned char>(c)) ||
         std::string_view("()\"'=!<>:,").find(c) != std::string_view::npos;
}

class Lexer {
 public:
  Lexer(std::string_view filter, std::string_view field) : filter_(filter), field_(field) {}

  absl::StatusOr<Token> Next() {
    while (at_ < filter_.size() && absl::ascii_isspace(static_cast<unsigned char>(filter_[at_]))) {
      ++at_;
    }
    Token token;
    token.position = at_;
    if (at_ == filter_.size()) return token;
    const char c = filter_[at_];
    if (c == '(' || c == ')') {
      ++at_;
      token.kind = c == '(' ? TokenKind::kOpen : TokenKind::kClose;
      return token;
    }
    if (c == '"' || c == '\'') return Quoted(std::move(token));
    if (!EndsBare(c)) return Bare(std::move(token));
    return Operator(std::move(token));
  }

  absl::Status Error(size_t position, std::string_view why) const {
    return FilterError(filter_, field_, position, why);
  }

 private:
  // Adds one character of a value, keeping count of wildcards.
  absl::Status Append(char c, bool escaped, FilterArgument& argument) {
    if (c == '*' && !escaped) {
      if (argument.text.empty() && !argument.leading_star) {
        argument.leading_star = true;
      } else if (!argument.trailing_star) {
        argument.trailing_star = true;
      } else {
        return Error(at_, "`*` may stand once at either end only; write \\* for the character");
      }
      return absl::OkStatus();
    }
    if (argument.trailing_star) {
      return Error(at_, "`*` may stand at either end of a value only; write \\* for the character");
    }
    argument.text += c;
    return absl::OkStatus();
  }

  absl::StatusOr<Token> Quoted(Token token) {
    token.kind = TokenKind::kQuoted;
    const char quote = filter_[at_++];
    for (; at_ < filter_.size(); ++at_) {
      char c = filter_[at_];
      if (c == quote) {
        ++at_;
        return token;
      }
      const bool escaped = c == '\\';
      if (escaped) {
        if (at_ + 1 == filter_.size()) break;
        c = filter_[++at_];
        if (std::string_view("\\\"'*").find(c) == std::string_view::npos) {
          return Error(at_, "only \\, quotes and * may follow a \\");
        }
      }
      RETURN_IF_ERROR(Append(c, escaped, token.argument));
    }
    return Error(token.position, "this quote is not closed");
  }

  absl::StatusOr<Token> Bare(Token token) {
    token.kind = TokenKind::kBare;
    for (; at_ < filter_.size() && !EndsBare(filter_[at_]); ++at_) {
      token.text += filter_[at_];
      RETURN_IF_ERROR(Append(filter_[at_], false, token.argument));
    }
    return token;
  }

  absl::StatusOr<Token> Operator(Token token) {
    token.kind = TokenKind::kOperator;
    for (const std::string_view op : {"<=", ">=", "!=", "=", "<", ">", ":"}) {
      if (filter_.substr(at_, op.size()) == op) {
        at_ += op.size();
        token.text = std::string(op);
        return token;
      }
    }
    return Error(at_, "this character has to be quoted");
  }

  std::string_view filter_;
  std::string_view field_;
  size_t at_ = 0;
};

FilterOperator OperatorOf(const std::string& text) {
  static constexpr std::pair<std::string_view, FilterOperator> kOperators[] = {
      {"=", FilterOperator::kEqual},   {"!=", FilterOperator::kNotEqual},
      {"<", FilterOperator::kLess},    {"<=", FilterOperator::kLessOrEqual},
      {">", FilterOperator::kGreater}, {">=", FilterOperator::kGreaterOrEqual},
  };
  for (const auto& [name, op] : kOperators) {
    if (name == text) return op;
  }
  return FilterOperator::kHas;
}

class Parser {
 public:
  explicit Parser(Lexer lexer) : lexer_(std::move(lexer)) {}

  absl::StatusOr<FilterSyntax> Parse() {
    RETURN_IF_ERROR(Advance());
    ASSIGN_OR_RETURN(FilterSyntax whole, Expression(0));
    if (token_.kind != TokenKind::kEnd) return Unexpected("the end, AND, OR or a comparison");
    return whole;
  }

 private:
  absl::Status Advance() {
    ASSIGN_OR_RETURN(token_, lexer_.Next());
    return absl::OkStatus();
  }

  bool AtKeyword(std::string_view keyword) const {
    return token_.kind == TokenKind::kBare && token_.text == keyword;
  }

  absl::Status Unexpected(std::string_view expected) const {
    return lexer_.Error(
        token_.position,
        absl::StrCat("expected ", absl::string_view(expected.data(), expected.size())));
  }

  // sequence {"AND" sequence}, and sequence = factor {factor}: both mean all of them.
  absl::StatusOr<FilterSyntax> Expression(int depth) {
    FilterSyntax all = {.kind = FilterSyntax::Kind::kAnd};
    while (true) {
      ASSIGN_OR_RETURN(FilterSyntax factor, Factor(depth));
      all.children.push_back(std::move(factor));
      if (AtKeyword("AND")) {
        RETURN_IF_ERROR(Advance());
      } else if (token_.kind == TokenKind::kEnd || token_.kind == TokenKind::kClose) {
        return Collapsed(std::move(all));
      }
    }
  }

  // term {"OR" term}
  absl::StatusOr<FilterSyntax> Factor(int depth) {
    FilterSyntax any = {.kind = FilterSyntax::Kind::kOr};
    while (true) {
      ASSIGN_OR_RETURN(FilterSyntax term, Term(depth));
      any.children.push_back(std::move(term));
      if (!AtKeyword("OR")) return Collapsed(std::move(any));
      RETURN_IF_ERROR(Advance());
    }
  }

  // ["NOT" | "-"] (comparison | "(" expression ")")
  absl::StatusOr<FilterSyntax> Term(int depth) {
    bool negated = false;
    if (AtKeyword("NOT")) {
      negated = true;
      RETURN_IF_ERROR(Advance());
    } else if (token_.kind == TokenKind::kBare && token_.text[0] == '-') {
      negated = true;
      token_.text.erase(0, 1);
      if (token_.text.empty()) RETURN_IF_ERROR(Advance());
    }
    ASSIGN_OR_RETURN(FilterSyntax simple, Simple(depth));
    if (!negated) return simple;
    FilterSyntax negation = {.kind = FilterSyntax::Kind::kNot};
    negation.children.push_back(std::move(simple));
    return negation;
  }

  absl::StatusOr<FilterSyntax> Simple(int depth) {
    if (token_.kind != TokenKind::kOpen) return Comparison();
    if (depth == kMaxFilterDepth) {
      return lexer_.Error(token_.position,
                          absl::StrCat("parentheses nest deeper than ", kMaxFilterDepth));
    }
    RETURN_IF_ERROR(Advance());
    ASSIGN_OR_RETURN(FilterSyntax inner, Expression(depth + 1));
    if (token_.kind != TokenKind::kClose) return Unexpected("`)`");
    RETURN_IF_ERROR(Advance());
    return inner;
  }

  absl::StatusOr<FilterSyntax> Comparison() {
    if (token_.kind != TokenKind::kBare || AtKeyword("AND") || AtKeyword("OR") ||
        AtKeyword("NOT")) {
      return Unexpected("a field");
    }
    if (++comparisons_ > kMaxFilterComparisons) {
      return lexer_.Error(token_.position,
                          absl::StrCat("more than ", kMaxFilterComparisons, " comparisons"));
    }
    FilterSyntax comparison = {.field = token_.text, .position = token_.position};
    RETURN_IF_ERROR(Advance());
    if (token_.kind != TokenKind::kOperator) {
      return Unexpected("one of = != < <= > >= : after a field; a word alone is not searched for");
    }
    comparison.op = OperatorOf(token_.text);
    RETURN_IF_ERROR(Advance());
    if (token_.kind != TokenKind::kBare && token_.kind != TokenKind::kQuoted) {
      return Unexpected("a value");
    }
    comparison.argument = std::move(token_.argument);
    RETURN_IF_ERROR(Advance());
    if (token_.kind == TokenKind::kOperator) {
      return lexer_.Error(token_.position, "a value that holds this character has to be quoted");
    }
    return comparison;
  }

  static FilterSyntax Collapsed(FilterSyntax several) {
    if (several.children.size() > 1) return several;
    FilterSyntax only = std::move(several.children[0]);
    return only;
  }

  Lexer lexer_;
  Token token_;
  int comparisons_ = 0;
};

}  // namespace

absl::Status FilterError(std::string_view filter, std::string_view field, size_t position,
                         std::string_view why) {
  return InvalidField(field, filter,
                      absl::StrCat("is wrong at character ", position + 1, ": ",
                                   absl::string_view(why.data(), why.size())));
}

absl::StatusOr<FilterSyntax> ParseFilterSyntax(std::string_view filter, std::string_view field) {
  if (filter.size() > kMaxFilterBytes) {
    return InvalidField(field, filter, absl::StrCat("is longer than ", kMaxFilterBytes, " bytes"));
  }
  const size_t nul = filter.find('\0');
  if (nul != std::string_view::npos) return FilterError(filter, field, nul, "this is a NUL");
  return Parser(Lexer(filter, field)).Parse();
}

}  // namespace corridor
