// Random histories of every kind of resource against a model that keeps what there was at every
// version, read back whole at every version.
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "platform/status/status.h"
#include "services/memberstates/service_fixture.h"

namespace corridor::memberstates {
namespace {

using google::protobuf::Message;
using ::testing::HasSubstr;

constexpr int kSteps = 200;
constexpr char kCited[] = " citations { source: 'S' kind: OFFICIAL } ";
const std::vector<std::string>& AreaCodes() {
  static const auto* codes = new std::vector<std::string>{"ARM", "CLUB", "GEO", "UNION"};
  return *codes;
}

// What there is at a version, by name; without what follows from other resources.
using State = std::map<std::string, std::shared_ptr<const Message>>;

// A method of a handler, with its request in text format.
using Method = std::function<absl::StatusOr<std::shared_ptr<const Message>>(const std::string&)>;

// One kind of resource as clients see it.
struct Subject {
  std::string field;  // In requests that carry one.
  std::vector<std::string> names;
  // Member records have no method that gets one.
  Method get, list;
  std::string list_request;
  // Of one resource, and of a batch.
  Method create[2], update[2], erase[2];
  // Fields of the resource `name` at random, in text format. What they name need not exist.
  std::function<std::string(const std::string& name, bool is_new)> fields;
};

std::string TextOf(const Message& message, const char* field) {
  return message.GetReflection()->GetString(message,
                                            message.GetDescriptor()->FindFieldByName(field));
}

// The resources of a list or of the answer to a batch: its one list of messages.
std::vector<const Message*> ResourcesOf(const Message& answer) {
  std::vector<const Message*> resources;
  for (int i = 0; i < answer.GetDescriptor()->field_count(); ++i) {
    const auto* const field = answer.GetDescriptor()->field(i);
    if (!field->is_repeated()) continue;
    for (int j = 0; j < answer.GetReflection()->FieldSize(answer, field); ++j) {
      resources.push_back(&answer.GetReflection()->GetRepeatedMessage(answer, field, j));
    }
  }
  return resources;
}

// `parent: 'areas/CLUB'` of areas/CLUB/members/ARM; nothing for what has no parent.
std::string ParentOf(const std::string& name) {
  const size_t second = name.find('/', name.find('/') + 1);
  if (second == std::string::npos) return "";
  return absl::StrCat("parent: '", name.substr(0, second), "' ");
}
std::string LastPart(const std::string& name) { return name.substr(name.rfind('/') + 1); }

class HistoryTest : public ServiceTest, public ::testing::WithParamInterface<int> {
 protected:
  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  bool OneIn(int n) { return Below(n) == 0; }
  int64_t Head() { return store_.versions().Head(absl::InfiniteFuture()).value(); }
  const std::string& AnyOf(const std::vector<std::string>& list) {
    return list[static_cast<size_t>(Below(static_cast<int>(list.size())))];
  }
  // `text`, or nothing.
  std::string Maybe(const std::string& text) { return OneIn(2) ? text : ""; }

  template <typename Handler, typename Request, typename Response>
  Method MethodOf(Handler& handler,
                  absl::StatusOr<Response> (Handler::*method)(const Request&, CallContext&)) {
    return [this, &handler,
            method](const std::string& request) -> absl::StatusOr<std::shared_ptr<const Message>> {
      ASSIGN_OR_RETURN(Response response, Call(handler, method, request));
      return std::make_shared<const Response>(std::move(response));
    };
  }

  std::string AreaFields(bool is_new) {
    const std::string kind = OneIn(2) ? "kind: COUNTRY " : "kind: GROUP ";
    return absl::StrCat("display_name: 'Name ", Below(4), "' ", is_new ? kind : "",
                        Maybe("names { language: 'fr' text: 'Nom' } "),
                        Maybe("members_complete: true "), kCited);
  }
  std::string MemberFields(const std::string& name) {
    return absl::StrCat("member: 'areas/", LastPart(name), "' ",
                        Maybe(absl::StrCat("start { text: '", 1990 + Below(3), "' } ")),
                        Maybe("end { text: '2010-05-01' } "), kCited);
  }
  std::string OrganisationFields() {
    return absl::StrCat("kind: ", OneIn(2) ? "IGO" : "NGO", " display_name: 'Name ", Below(3), "' ",
                        Maybe("established { text: '1951' } "), kCited);
  }
  std::string MembershipFields(const std::string& name) {
    const std::string evidence = absl::StrCat("confidence: ", OneIn(2) ? "HIGH" : "LOW",
                                              " evidence { source: 'S' kind: OFFICIAL } ");
    return absl::StrCat(
        LastPart(name) == "NGO_1"
            ? absl::StrCat("party { kind: NGO display_name: 'Party ", Below(3), "' } ")
            : "party { kind: STATE } ",
        Maybe(absl::StrCat("spells { status: OBSERVER start { text: '1990' } end { text: '",
                           1991 + Below(3), "' } ", evidence, "} ")),
        "spells { status: MEMBER start { text: '2001' } ", evidence, "} ");
  }

  std::vector<Subject> SubjectsOf(Handlers& handlers) {
    AreaHandler& areas = handlers.areas;
    OrganisationHandler& organisations = handlers.organisations;
    MembershipHandler& memberships = handlers.memberships;
    std::vector<std::string> area_names, member_names, membership_names;
    for (const std::string& code : AreaCodes()) {
      area_names.push_back("areas/" + code);
      for (const std::string& member : AreaCodes()) {
        member_names.push_back("areas/" + code + "/members/" + member);
      }
    }
    for (const char* organisation : {"IOM", "UNHCR"}) {
      for (const char* party : {"ARM", "CLUB", "GEO", "NGO_1"}) {
        membership_names.push_back(
            absl::StrCat("organisations/", organisation, "/memberships/", party));
      }
    }
    return {{"area",
             area_names,
             MethodOf(areas, &AreaHandler::GetArea),
             MethodOf(areas, &AreaHandler::ListAreas),
             "view: FULL ",
             {MethodOf(areas, &AreaHandler::CreateArea),
              MethodOf(areas, &AreaHandler::BatchCreateAreas)},
             {MethodOf(areas, &AreaHandler::UpdateArea),
              MethodOf(areas, &AreaHandler::BatchUpdateAreas)},
             {MethodOf(areas, &AreaHandler::DeleteArea),
              MethodOf(areas, &AreaHandler::BatchDeleteAreas)},
             [this](const std::string&, bool is_new) { return AreaFields(is_new); }},
            {"member",
             member_names,
             {},
             MethodOf(areas, &AreaHandler::ListAreaMembers),
             "parent: 'areas/-' any_time: true ",
             {MethodOf(areas, &AreaHandler::CreateAreaMember),
              MethodOf(areas, &AreaHandler::BatchCreateAreaMembers)},
             {MethodOf(areas, &AreaHandler::UpdateAreaMember),
              MethodOf(areas, &AreaHandler::BatchUpdateAreaMembers)},
             {MethodOf(areas, &AreaHandler::DeleteAreaMember),
              MethodOf(areas, &AreaHandler::BatchDeleteAreaMembers)},
             [this](const std::string& name, bool) { return MemberFields(name); }},
            {"organisation",
             {"organisations/IOM", "organisations/UNHCR"},
             MethodOf(organisations, &OrganisationHandler::GetOrganisation),
             MethodOf(organisations, &OrganisationHandler::ListOrganisations),
             "",
             {MethodOf(organisations, &OrganisationHandler::CreateOrganisation),
              MethodOf(organisations, &OrganisationHandler::BatchCreateOrganisations)},
             {MethodOf(organisations, &OrganisationHandler::UpdateOrganisation),
              MethodOf(organisations, &OrganisationHandler::BatchUpdateOrganisations)},
             {MethodOf(organisations, &OrganisationHandler::DeleteOrganisation),
              MethodOf(organisations, &OrganisationHandler::BatchDeleteOrganisations)},
             [this](const std::string&, bool) { return OrganisationFields(); }},
            {"membership",
             membership_names,
             MethodOf(memberships, &MembershipHandler::GetMembership),
             MethodOf(memberships, &MembershipHandler::ListMemberships),
             "parent: 'organisations/-' any_time: true ",
             {MethodOf(memberships, &MembershipHandler::CreateMembership),
              MethodOf(memberships, &MembershipHandler::BatchCreateMemberships)},
             {MethodOf(memberships, &MembershipHandler::UpdateMembership),
              MethodOf(memberships, &MembershipHandler::BatchUpdateMemberships)},
             {MethodOf(memberships, &MembershipHandler::DeleteMembership),
              MethodOf(memberships, &MembershipHandler::BatchDeleteMemberships)},
             [this](const std::string& name, bool) { return MembershipFields(name); }}};
  }

  // The current etag of a resource, half of the times.
  std::string Etag(const std::string& name) {
    const auto found = state_.find(name);
    if (found == state_.end() || OneIn(2)) return "";
    return absl::StrCat("etag: '", TextOf(*found->second, "etag"), "' ");
  }

  // Makes a request of `entries`, alone or as a batch of `parent`. An error is one of the rules,
  // and leaves everything as it is.
  absl::StatusOr<std::shared_ptr<const Message>> Make(const Method (&methods)[2],
                                                      const std::vector<std::string>& entries,
                                                      const std::string& parent, bool batch) {
    std::string request = entries[0];
    if (batch) {
      request = parent;
      for (const std::string& entry : entries)
        absl::StrAppend(&request, "requests { ", entry, "} ");
    }
    const auto answer = methods[batch ? 1 : 0](request);
    if (!answer.ok()) {
      static const auto* refusals = new std::set<absl::StatusCode>{
          absl::StatusCode::kNotFound, absl::StatusCode::kAlreadyExists,
          absl::StatusCode::kFailedPrecondition, absl::StatusCode::kInvalidArgument};
      EXPECT_TRUE(refusals->contains(answer.status().code())) << answer.status() << "\n" << request;
      EXPECT_EQ(Head(), states_.rbegin()->first) << request;
    }
    return answer;
  }

  void Keep(const Message& resource) {
    std::shared_ptr<Message> kept(resource.New());
    kept->CopyFrom(resource);
    if (auto* const member = dynamic_cast<v1::AreaMember*>(kept.get())) {
      member->clear_display_name();
      member->clear_certain();
    }
    if (auto* const membership = dynamic_cast<v1::Membership*>(kept.get())) {
      if (membership->party().kind() == v1::Party::STATE) {
        membership->mutable_party()->clear_display_name();
      }
    }
    state_[TextOf(resource, "name")] = std::move(kept);
  }

  // Mostly one that can be created, or is there, and not among `names` of the same request.
  std::string Pick(const Subject& subject, bool creates, const std::set<std::string>& names) {
    std::string name;
    for (int tries = 0; tries < 4; ++tries) {
      name = AnyOf(subject.names);
      if (state_.contains(name) != creates && !names.contains(name)) break;
    }
    return name;
  }

  // One write of one to three resources of a kind; those that the rules allow are kept.
  void Step(const Subject& subject) {
    const bool batch = OneIn(3);
    const int what = Below(10);
    const bool creates = what < 5;
    const bool erases = what >= 8;
    std::string parent;
    std::vector<std::string> entries;
    std::set<std::string> names;
    size_t there = 0;
    for (int i = batch ? 1 + Below(3) : 1; i > 0; --i) {
      const std::string name = Pick(subject, creates, names);
      parent = subject.field == "member" ? "parent: 'areas/-' " : ParentOf(name);
      names.insert(name);
      there += state_.contains(name) ? 1 : 0;
      if (erases) {
        entries.push_back(absl::StrCat("name: '", name, "' ", Etag(name)));
      } else {
        entries.push_back(absl::StrCat(creates ? ParentOf(name) : "", subject.field, " { name: '",
                                       name, "' ", creates ? "" : Etag(name),
                                       subject.fields(name, creates), "} "));
      }
    }
    const auto& methods = creates ? subject.create : erases ? subject.erase : subject.update;
    const auto answer = Make(methods, entries, parent, batch);
    if (!answer.ok()) return;
    EXPECT_EQ(names.size(), entries.size());
    EXPECT_EQ(there, creates ? 0 : entries.size());
    if (erases) {
      for (const std::string& name : names) state_.erase(name);
    } else if (batch) {
      for (const Message* const resource : ResourcesOf(**answer)) Keep(*resource);
    } else {
      Keep(**answer);
    }
  }

  // What a resource is answered as at a version: areas lend their names.
  static std::string Expected(const State& state, const Message& resource) {
    const auto name_of = [&](const std::string& area) {
      return static_cast<const v1::Area&>(*state.at(area)).display_name();
    };
    std::unique_ptr<Message> expected(resource.New());
    expected->CopyFrom(resource);
    if (auto* const member = dynamic_cast<v1::AreaMember*>(expected.get())) {
      member->set_display_name(name_of(member->member()));
    }
    if (auto* const membership = dynamic_cast<v1::Membership*>(expected.get())) {
      if (membership->party().kind() == v1::Party::STATE) {
        membership->mutable_party()->set_display_name(name_of(membership->party().area()));
      }
    }
    return expected->DebugString();
  }

  // The whole list, in pages.
  static std::vector<std::string> List(const Subject& subject, const std::string& known_at) {
    std::vector<std::string> all;
    std::string token;
    do {
      const auto page =
          subject.list(absl::StrCat(subject.list_request, "page_size: 2 page_token: '", token,
                                    "' known_at: '", known_at, "'"));
      EXPECT_OK(page);
      if (!page.ok()) return all;
      for (const Message* const one : ResourcesOf(**page)) all.push_back(one->DebugString());
      token = TextOf(**page, "next_page_token");
    } while (!token.empty());
    return all;
  }

  void ExpectEqualAt(int64_t version, const State& state, const Subject& subject) {
    const std::string known_at = absl::StrCat(version);
    std::vector<std::string> expected;
    for (const std::string& name : subject.names) {
      const auto found = state.find(name);
      if (found != state.end()) expected.push_back(Expected(state, *found->second));
      if (!subject.get) continue;
      const auto answer =
          subject.get(absl::StrCat("name: '", name, "' known_at: '", known_at, "'"));
      if (found == state.end()) {
        ASSERT_THAT(answer, StatusIs(absl::StatusCode::kNotFound, HasSubstr(name)))
            << "at version " << version;
        continue;
      }
      ASSERT_OK(answer) << name << " at version " << version;
      ASSERT_EQ((*answer)->DebugString(), expected.back()) << "at version " << version;
    }
    ASSERT_EQ(List(subject, known_at), expected) << "at version " << version;
  }

  void ExpectHistory(Handlers& handlers) {
    for (const Subject& subject : SubjectsOf(handlers)) {
      for (const auto& [version, state] : states_) {
        if (version == 0) continue;  // Nothing to ask for.
        ASSERT_NO_FATAL_FAILURE(ExpectEqualAt(version, state, subject));
      }
      const std::string before = "known_at: '1999-01-01T00:00:00Z'";
      const auto out_of_range = StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("first commit"));
      EXPECT_THAT(subject.list(subject.list_request + before), out_of_range);
      if (!subject.get) continue;
      EXPECT_THAT(subject.get(absl::StrCat("name: '", subject.names[0], "' ", before)),
                  out_of_range);
    }
  }

  std::mt19937 random_{static_cast<unsigned>(GetParam())};
  State state_;
  std::map<int64_t, State> states_ = {{0, {}}};  // By version.
};

TEST_P(HistoryTest, EveryReadAtEveryVersionIsWhatItWasThroughARestart) {
  const std::vector<Subject> subjects = SubjectsOf(handlers_);
  for (int step = 0; step < kSteps; ++step) {
    const int64_t last = states_.rbegin()->first;
    Step(subjects[static_cast<size_t>(Below(static_cast<int>(subjects.size())))]);
    const int64_t head = Head();
    if (head > last) states_[head] = state_;
    ASSERT_LE(head, last + 1) << "a write is one commit";
  }
  EXPECT_GT(states_.size(), size_t{kSteps / 5}) << "too much was refused to say anything";
  ASSERT_NO_FATAL_FAILURE(ExpectHistory(handlers_));

  store_.Reopen();
  Handlers handlers(*store_);
  ExpectHistory(handlers);
}

INSTANTIATE_TEST_SUITE_P(Seeds, HistoryTest, ::testing::Range(1, 7));

}  // namespace
}  // namespace corridor::memberstates
