import Datasets
import Models
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

@Suite("Explanations of a user and an item") struct ExplanationQuestionTests {
  private static let problem = RatingProblem()

  private struct Found {
    var view: ExplanationView
    var parts: Int
  }

  /// Answers a wish; between its parts something may happen.
  private func answer(
    _ trainer: Trainer, _ wish: ExplanationWish, between: () -> Void = {}
  ) throws -> Found {
    let rows = try #require(PairRows(Self.problem.dataset))
    let user = try #require(rows.user(wish.user))
    let question = ExplanationQuestion(trainer, rows, user: user, wish: wish)
    var parts = 0
    while parts < 1_000 {
      parts += 1
      if let answers = question.advance() {
        guard case .explanation(let view, let cost)? = answers.first else { break }
        #expect(cost > .zero && answers.count == 1)
        return Found(view: view, parts: parts)
      }
      between()
    }
    return Found(view: ExplanationView(wish: wish, step: -1), parts: parts)
  }

  private func trained(_ steps: Int = 20, model: String = "rank-and-rate") throws -> Trainer {
    let trainer = try Self.problem.trainer(model)
    for step in 0..<steps {
      let batch = Self.problem.dataset.training.batch(from: 64 * (step % 8), rows: 64)
      #expect(trainer.step(batch, rate: 0.01))
    }
    return trainer
  }

  /// What the trainer answers for a user with every item, by a task, in the label's unit.
  private func scores(_ trainer: Trainer, user: Int32, task: Int) -> [Int32: Double] {
    let items = (1...RatingProblem.items).map { Int32($0) }
    let examples = Examples(
      count: items.count, ids: Storage(items.flatMap { [$0, user] }), dense: Storage([]),
      labels: Storage(items.flatMap { _ in Self.problem.tasks.map { _ in Float(0) } }))
    let column = trainer.outputs(for: examples)[task]
    let values = column.map { trainer.tasks[task].answered(Double($0)) }
    return Dictionary(uniqueKeysWithValues: zip(items, values))
  }

  @Test("the first items are the best ones that are new to the user") func firstItems() throws {
    let trainer = try trained()
    let found = try answer(trainer, ExplanationWish(user: .place(4)))
    let interactions = try #require(Self.problem.dataset.interactions)
    let all = scores(trainer, user: 5, task: 1)
    let ratings = scores(trainer, user: 5, task: 0)
    let unseen = all.filter { !interactions.hasSeen($0.key, by: 5) }
    let best = unseen.sorted { $0.value > $1.value }.prefix(10).map { "\($0.key)" }
    #expect(found.view.first.map(\.name) == best)
    #expect(found.view.firstWords == "by next, of all \(unseen.count) items new to the user")
    #expect(found.view.user?.name == "5" && found.view.user?.place == 4)
    #expect(found.view.item?.name == best.first)
    for candidate in found.view.first {
      let score = try #require(Int32(candidate.name).flatMap { all[$0] })
      #expect(abs(candidate.score - score) < 1e-6)
      // What is expected is the rating's answer, not what the order is by.
      let rating = try #require(Int32(candidate.name).flatMap { ratings[$0] })
      #expect(abs((candidate.rating ?? .nan) - rating) < 1e-6 && abs(rating - score) > 1e-4)
    }
  }

  @Test("an item that was asked for stands where its score puts it") func standing() throws {
    let trainer = try trained()
    let interactions = try #require(Self.problem.dataset.interactions)
    let unseen = scores(trainer, user: 5, task: 1).filter { !interactions.hasSeen($0.key, by: 5) }
    let ordered = unseen.sorted { $0.value > $1.value }.map { "\($0.key)" }
    for place in [0, 9, 10, ordered.count - 1] {
      let wish = ExplanationWish(user: .place(4), item: .named(ordered[place]))
      let view = try answer(trainer, wish).view
      let standing = try #require(view.standing)
      #expect(standing.place == place && standing.count == ordered.count)
      #expect(standing.candidate.name == ordered[place])
      if place < 10 { #expect(standing.candidate == view.first[place]) }
    }
    // A place is followed behind those that are shown, too, and as far as there are items.
    for (place, found) in [(3, 3), (10, 10), (9_999, ordered.count - 1)] {
      let wish = ExplanationWish(user: .place(4), item: .first(place))
      let followed = try answer(trainer, wish).view
      #expect(followed.standing?.place == found && followed.item?.name == ordered[found])
      #expect(followed.first.count == 10)
    }
    // What the user had in a training row is not put in order.
    let seen = try #require(
      (1...RatingProblem.items).first { interactions.hasSeen(Int32($0), by: 5) })
    let had = try answer(trainer, ExplanationWish(user: .place(4), item: .named("\(seen)"))).view
    #expect(had.item?.name == "\(seen)" && had.standing == nil && had.first.count == 10)
  }

  @Test("an item whose score is no number stands nowhere, and is not counted") func broken() throws
  {
    let trainer = try trained()
    let interactions = try #require(Self.problem.dataset.interactions)
    let unseen = (1...RatingProblem.items).filter { !interactions.hasSeen(Int32($0), by: 5) }
    let (broken, other) = (unseen[0], unseen[1])
    let entry = try #require(
      trainer.store.entries.first { $0.piece.path == "embeddings.item.weight" })
    var numbers = trainer.store.numbers(of: entry)
    let width = numbers.count / (RatingProblem.items + 1)
    for column in 0..<width { numbers[broken * width + column] = .nan }
    trainer.store.set(entry, to: numbers)
    func standing(_ item: Int) throws -> ExplanationView.Standing? {
      try answer(trainer, ExplanationWish(user: .place(4), item: .named("\(item)"))).view.standing
    }
    #expect(try standing(other)?.count == unseen.count - 1)
    #expect(try standing(broken) == nil)
  }

  @Test("a ranking that is off puts nothing in order") func orderOfTheRating() throws {
    let trainer = try trained()
    trainer.isOn = [true, false]
    let found = try answer(trainer, ExplanationWish(user: .place(4)))
    #expect(found.view.firstWords.hasPrefix("by stars, of all"))
    let all = scores(trainer, user: 5, task: 0)
    let first = try #require(found.view.first.first)
    #expect(abs(first.score - (Int32(first.name).flatMap { all[$0] } ?? .nan)) < 1e-6)
    // The score is the rating: it is not said twice.
    #expect(found.view.first.allSatisfy { $0.rating == nil })
  }

  @Test(
    "what is expected and what the data have", arguments: [RowSplit.test, .validation, .training])
  func rating(_ split: RowSplit) throws {
    let trainer = try trained()
    let dataset = Self.problem.dataset
    let examples =
      switch split {
      case .test: dataset.test
      case .validation: dataset.validation
      case .training: dataset.training
      }
    let (item, user) = (examples.ids[2 * 7], examples.ids[2 * 7 + 1])
    let found = try answer(
      trainer, ExplanationWish(user: .named("\(user)"), item: .named("\(item)")))
    let rating = try #require(found.view.rating)
    #expect(found.view.split == split.rawValue)
    let label = trainer.tasks[0].label(examples.labels[7 * 2])
    #expect(abs((rating.observed ?? .nan) - label) < 1e-6)
    let predicted = scores(trainer, user: user, task: 0)[item] ?? .nan
    #expect(abs(rating.predicted - predicted) < 1e-6)
    #expect(rating.task == "stars" && rating.isOn)
    let explanation = try #require(found.view.explanation)
    #expect(!explanation.reasons.isEmpty || explanation.note != nil)
    // The ground of it: other training rows of the user, and of the item.
    let others = (0..<dataset.training.count).reversed().map {
      (item: dataset.training.ids[2 * $0], user: dataset.training.ids[2 * $0 + 1])
    }
    let (ofUser, ofItem) = (try #require(found.view.ofUser), try #require(found.view.ofItem))
    let items = others.filter { $0.user == user && $0.item != item }.map { "\($0.item)" }
    let users = others.filter { $0.item == item && $0.user != user }.map { "\($0.user)" }
    #expect(ofUser.count == items.count && ofUser.rows.map(\.name) == Array(items.prefix(20)))
    #expect(ofItem.count == users.count && ofItem.rows.map(\.name) == Array(users.prefix(20)))
    #expect(!items.isEmpty && !users.isEmpty)
  }

  @Test("the answer is of one step, whatever is trained meanwhile") func frozen() throws {
    let (still, moving) = (try trained(), try trained())
    let wish = ExplanationWish(user: .place(2))
    let expected = try answer(still, wish).view
    let batch = Self.problem.dataset.training.batch(from: 0, rows: 64)
    var isFinite = true
    let rows = try #require(PairRows(Self.problem.dataset))
    let question = ExplanationQuestion(moving, rows, user: 3, wish: wish)
    isFinite = moving.step(batch, rate: 0.05)
    var found: ExplanationView?
    while found == nil {
      guard let answers = question.advance() else {
        isFinite = moving.step(batch, rate: 0.05) && isFinite
        continue
      }
      guard case .explanation(let view, _)? = answers.first else { break }
      found = view
    }
    #expect(isFinite && found == expected)
  }

  @Test("users and items by name and by place") func names() throws {
    let rows = try #require(PairRows(Self.problem.dataset))
    #expect(rows.user(.place(0)) == 1 && rows.user(.place(80)) == 1)
    #expect(rows.user(.named("80")) == 80)
    for name in ["0", "81", "-1", "x", "99999999999"] { #expect(rows.user(.named(name)) == nil) }
    #expect(rows.item(named: "24") == 24 && rows.item(named: "25") == nil)
    let words = rows.unknownUser(ExplanationWish(user: .named("x\u{1B}")))
    #expect(words.contains("No user 'x\\u{1B}'"))
  }

  @Test("rows without a user are no user that is listed") func nobody() throws {
    var dataset = Self.problem.dataset
    var (schema, fields) = (dataset.features, InteractionFields(user: 1, item: 0))
    (fields.missingUser, fields.missingItem) = (1, 24)
    schema.interactions = fields
    dataset.interactions = Interactions(dataset.training, schema, user: 1, item: 0)
    let rows = try #require(PairRows(dataset))
    #expect(rows.user(.place(0)) == 2 && rows.user(.place(79)) == 2)
    #expect(rows.user(.named("1")) == nil && rows.item(named: "24") == nil)
    let party = rows.party(user: 2)
    #expect(party.place == 0 && party.count == 79)
  }

  @Test("two that never met") func strangers() throws {
    let rows = try #require(PairRows(Self.problem.dataset))
    let met = (1...RatingProblem.items).map { Int32($0) }.filter { rows.meeting(1, $0) != nil }
    let stranger = try #require(
      (1...RatingProblem.items).map { Int32($0) }.first { !met.contains($0) } ?? met.first)
    let found = try answer(
      try trained(2), ExplanationWish(user: .place(0), item: .named("\(stranger)")))
    let isMet = met.contains(stranger)
    #expect((found.view.rating?.observed == nil) == !isMet)
    #expect((found.view.split == nil) == !isMet)
    #expect(found.view.remarks.isEmpty)
  }

  // MARK: - When it is made anew

  @Test("a kept answer is made anew for another wish and, at rest, another step") func due() {
    var kept = KeptExplanation()
    let wish = ExplanationWish()
    #expect(kept.isDue(wish, at: 5, isIdle: false))
    kept.ask(wish)
    // Being answered: not asked twice.
    #expect(!kept.isDue(wish, at: 6, isIdle: true))
    #expect(kept.isDue(ExplanationWish(asking: 1), at: 6, isIdle: false))
    kept.keep(ExplanationView(wish: wish, step: 5), cost: .seconds(3))
    #expect(!kept.isDue(wish, at: 5, isIdle: true))
    #expect(kept.isDue(wish, at: 6, isIdle: true))
    // While the run trains one in fifty parts of the time at most.
    #expect(!kept.isDue(wish, at: 6, isIdle: false))
    // The same pair by its names is known already, another one is not.
    var view = ExplanationView(wish: wish, step: 5)
    view.user = .init(name: "u3", place: 2, count: 9, rows: 1)
    view.item = .init(name: "i4", place: 3, count: 9, rows: 1)
    kept.keep(view, cost: .seconds(3))
    let named = ExplanationWish(user: .place(2), item: .named("i4"))
    #expect(!kept.isDue(named, at: 5, isIdle: true) && !kept.isDue(named, at: 6, isIdle: false))
    #expect(kept.isDue(named, at: 6, isIdle: true))
    #expect(!kept.isDue(ExplanationWish(user: .named("u3")), at: 5, isIdle: true))
    for other in [
      ExplanationWish(user: .place(3)), ExplanationWish(item: .named("i5")),
      ExplanationWish(item: .first(1)), ExplanationWish(item: .named("i4"), asking: 1),
    ] {
      #expect(kept.isDue(other, at: 5, isIdle: false))
    }
    kept.clear()
    #expect(kept.view == nil && kept.isDue(wish, at: 6, isIdle: false))
  }
}
