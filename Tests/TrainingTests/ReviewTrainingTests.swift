import Datasets
import Graph
import Layers
import Models
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// A model that reads and says reviews, trained on rows with their texts.
@Suite struct ReviewTrainingTests {
  static let options = ["word": "8", "hidden": "16", "factors": "3", "concepts": "2"]

  @Test func `rating and text are learned together`() throws {
    let problem = ReviewProblem()
    let trainer = try problem.trainer("caml", Self.options, batchSize: 16)
    var losses: [[Double]] = []
    for step in 0..<40 {
      let hasMoved = trainer.step(problem.batch(from: step % 2 * 16, rows: 16), rate: 0.03)
      #expect(hasMoved)
      losses.append((0..<2).map { trainer.loss(of: $0) })
    }
    for task in 0..<2 {
      let (first, last) = (losses[0][task], losses[38...].map { $0[task] }.max() ?? .nan)
      #expect(last < 0.5 * first, "task \(task): \(first) to \(last)")
    }
    // The concepts' loss has a number of its own.
    #expect(trainer.terms.count == 1 && trainer.terms[0].rows > 0 && trainer.terms[0].loss > 0)
  }

  /// The models that read reviews row by row, with small sizes.
  static let models = [
    ReviewModel("caml", options),
    ReviewModel("nrt", ["width": "6", "word": "8", "hidden": "16", "layers": "8"]),
    ReviewModel(
      "nrt", ["width": "6", "word": "8", "hidden": "16", "layers": "8", "sampled": "6"]),
    ReviewModel("narre", ["width": "6", "word": "8", "attention": "5"]),
    ReviewModel("narre", ["width": "6", "word": "8", "attention": "5", "asks": "other"]),
  ]

  /// Rows of several blocks: how they are shared is what threads differ in.
  private static let rows = 150

  @Test(arguments: models) func `steps have the same bits on any number of threads`(
    _ model: ReviewModel
  ) throws {
    let problem = ReviewProblem(tasks: model.tasks)
    #expect(problem.dataset.training.count > Self.rows + 30)
    let stores = try [1, 2, 3].map { threads in
      let trainer = try problem.trainer(
        model.name, model.options, batchSize: Self.rows, threads: threads)
      for step in 0..<3 {
        let hasMoved = trainer.step(
          problem.batch(from: step * 10, rows: Self.rows - step), rate: 0.01)
        #expect(hasMoved)
      }
      return trainer.store
    }
    let untrained = try problem.trainer(model.name, model.options).store
    var moved = 0
    for entry in stores[0].entries {
      let numbers = stores[0].numbers(of: entry)
      for other in stores[1...] {
        #expect(numbers == other.numbers(of: entry), "\(entry.piece.path)")
      }
      moved += numbers == untrained.numbers(of: entry) ? 0 : 1
    }
    #expect(moved > stores[0].entries.count / 2)
  }

  @Test(arguments: models) func `a run goes on and forks`(_ model: ReviewModel) throws {
    let problem = ReviewProblem(tasks: model.tasks)
    func step(_ trainer: Trainer, _ number: Int) {
      let hasMoved = trainer.step(
        problem.batch(from: number * 7 % 30, rows: Self.rows), rate: 0.01)
      #expect(hasMoved, "step \(number)")
    }
    func trainer(threads: Int) throws -> Trainer {
      try problem.trainer(
        model.name, model.options, batchSize: Self.rows, threads: threads, seed: 5)
    }
    let main = try trainer(threads: 2)
    for number in 0..<4 { step(main, number) }
    let fork = try main.fork().0
    let other = try trainer(threads: 1)
    step(other, 3)
    #expect(try differences(saved(main.visit), saved(other.visit)) != [])
    try load(saved(main.visit), other.visit)
    for number in 4..<8 { for run in [main, fork, other] { step(run, number) } }
    #expect(try differences(saved(main.visit), saved(fork.visit)) == [])
    #expect(try differences(saved(main.visit), saved(other.visit)) == [])
  }

  @Test func `answers do not depend on the rows beside them`() throws {
    let problem = ReviewProblem()
    let trainer = try problem.trainer("caml", Self.options)
    let all = trainer.outputs(for: problem.dataset.validation)
    for row in [0, 7, 19] {
      let executor = trainer.forward(problem.dataset.validation.batch(from: row, rows: 1))
      for (task, name) in ["stars", "why"].enumerated() {
        let own = try #require(executor.output(.logit(name)))
        #expect(abs(own[0] - all[task][row]) <= 1e-5 * max(1, abs(all[task][row])))
      }
    }
  }

  @Test func `no row reads its own review`() throws {
    let problem = ReviewProblem(isMarked: true)
    let text = try #require(problem.dataset.text)
    let site = SourceSite(
      dataset: problem.dataset,
      store: try problem.trainer("caml", Self.options).store, seed: 1, batchRows: 1024)
    let slots = ReviewSlots(userTexts: 4, itemTexts: 5, tokens: 6, concepts: 2, target: 7)
    let source = try #require(ReviewSource(slots, at: site))
    for examples in [problem.dataset.training, problem.dataset.validation, problem.dataset.test] {
      let rows = source.rows(at: 0, beside: examples.batch(from: 0, rows: examples.count))
      let drawn = try #require(rows.drawn)
      for row in 0..<rows.rows {
        let own = Array(text.corpus[Int(rows.text(ofRow: row))])
        let marks = own.filter { text.vocabulary.tokens[Int($0)].hasPrefix("mark") }
        let read = (Array(slots.userTokens) + slots.itemTokens).map {
          drawn[row * rows.drawnCount + $0]
        }
        let isFilled = read.contains { $0 != 0 }
        let leaks = marks.filter { read.contains($0) }
        #expect(isFilled && leaks.isEmpty, "row \(row)")
        let target = slots.targetTokens.map { drawn[row * rows.drawnCount + $0] }
        #expect(Array(target.prefix(own.count)) == own)
      }
    }
  }

  @Test func `either task trains without the other`() throws {
    let problem = ReviewProblem()
    for off in 0..<2 {
      let trainer = try problem.trainer("caml", Self.options)
      trainer.isOn[off] = false
      #expect(trainer.step(problem.batch(rows: 32), rate: 0.01))
      #expect(trainer.loss(of: 1 - off).isFinite && trainer.loss(of: off).isNaN)
    }
  }

  @Test func `without concepts the second level falls away`() throws {
    let problem = ReviewProblem(concepts: [])
    let trainer = try problem.trainer("caml", Self.options)
    let hasMoved = trainer.step(problem.batch(rows: 32), rate: 0.01)
    #expect(hasMoved && trainer.terms.isEmpty)
    let names = trainer.store.entries.map(\.piece.path)
    #expect(names.contains("heads.0.review.bilinear"))
    #expect(!names.contains("heads.0.concept.bilinear"))
    let inspection = trainer.inspect(
      problem.dataset.validation.batch(from: 0, rows: 8), schema: problem.dataset.features)
    #expect(
      inspection.views.map(\.name) == [
        "selector.0.map", "selector.1.map", "selector.chosen", "sentences",
      ])
  }

  @Test func `what it shows is there and readable`() throws {
    let problem = ReviewProblem()
    let trainer = try problem.trainer("caml", Self.options)
    let inspection = trainer.inspect(
      problem.dataset.validation.batch(from: 0, rows: 16), schema: problem.dataset.features)
    let names = inspection.views.map(\.name)
    #expect(
      names == [
        "selector.0.map", "selector.1.map", "selector.chosen", "selector.concepts", "sentences",
      ])
    guard case .matrix(let map)? = inspection.views.first?.content else {
      Issue.record("no map")
      return
    }
    #expect(map.rows.count(where: { $0.hasPrefix("*") }) == 1)
    #expect(map.columns.count(where: { $0.hasPrefix("*") }) == 1)
    #expect(map.values.count == map.rows.count * map.columns.count)
    // Reviews have numbers: what reads like a name of the data is one.
    #expect(map.rows.allSatisfy { $0.contains("user's ") })
    #expect(map.columns.allSatisfy { Int($0.drop { $0 == "*" }) != nil })
    let fields = problem.dataset.features
    let user = problem.dataset.validation.ids[1]
    let name = fields.fields[fields.interactions?.user ?? 1].name(of: Int(user))
    #expect(
      inspection.views[0].note.contains("each review of user \(name) fits each of item")
        && inspection.views[0].note.contains("the pair of the first row; 1 is the last one"))
    #expect(map.values.filter { !$0.isFinite }.isEmpty)
    guard case .passages(let texts)? = inspection.views.last?.content else {
      Issue.record("no sentences")
      return
    }
    #expect(texts.passages.count == 6 && texts.passages[0].text.hasPrefix("the "))
    let entropies = try #require(inspection.traces.first { $0.name == "selector.entropy" })
    #expect(entropies.values.count == 4)
    let outside = entropies.values.filter { !(0 <= $0 && $0 <= 1 + 1e-5) }
    #expect(outside.isEmpty)
  }

  @Test func `the course of its words and concepts is that of the newest step`() throws {
    let problem = ReviewProblem()
    let trainer = try problem.trainer("caml", Self.options)
    func values(_ name: String) throws -> [Float] {
      let traces = trainer.inspect(
        problem.dataset.validation.batch(from: 0, rows: 8), schema: problem.dataset.features
      ).traces
      return try #require(traces.first { $0.name == name }).values
    }
    #expect(try values("text.right").count == 2 && values("text.right").allSatisfy(\.isNaN))
    #expect(trainer.step(problem.batch(rows: 32), rate: 0.01))
    let (words, term) = (trainer.sums[1], try #require(trainer.terms.first))
    #expect(words.labels > 0 && term.rows > 0)
    let course = try values("text.right")
    #expect(course[0] == Float(words.predictions / words.labels))
    // λ_c of a run is 0.0625; the course is that of the concepts themselves.
    let found = course[1]
    #expect(abs(Double(found) - term.loss / term.rows / 0.0625) < 1e-4 && found > 0)
    for _ in 0..<60 { _ = trainer.step(problem.batch(rows: 32), rate: 0.01) }
    let later = try values("text.right")
    #expect(later[0] > 0.3 && later[1] != found)
  }

  @Test func `a pair is explained by reviews that can be read`() throws {
    let problem = ReviewProblem()
    let trainer = try problem.trainer("caml", Self.options)
    let validation = problem.dataset.validation
    let reading = FrozenModel(trainer).reading(
      of: validation.batch(from: 0, rows: 1), in: problem.dataset)
    let pair = ExplainedPair(
      user: validation.ids[1], item: validation.ids[0], userName: "u", itemName: "i")
    let explanation = try #require(
      trainer.model.explain(pair, ExplainReading(model: reading, dataset: problem.dataset)))
    #expect(explanation.reasons.count == 4)
    for reason in explanation.reasons {
      let text = try #require(reason.evidence.first).text
      #expect(text.hasPrefix("the ") && text.contains(" is "), "\(text)")
      // The concept is one of the words of the review that it was chosen from.
      let concept = String(reason.title.prefix { $0 != "," })
      #expect(text.contains(concept), "\(reason.title): \(text)")
      // Behind it stands whose it is: the texts of a row are of its user and of its item.
      let whose = reason.title.dropFirst(concept.count + 2)
      let fields = problem.dataset.features.fields
      let isOfUser = whose.hasPrefix("the user's of ")
      #expect(isOfUser || whose.hasPrefix("by "))
      let training = problem.dataset.training
      let texts = try #require(problem.dataset.text)
      let rows = (0..<training.count).filter { row in
        let (item, user) = (Int(training.ids[2 * row]), Int(training.ids[2 * row + 1]))
        let isOwn =
          isOfUser
          ? user == Int(pair.user) && whose.hasSuffix(" " + fields[0].name(of: item))
          : item == Int(pair.item) && whose.hasSuffix(" " + fields[1].name(of: user))
        return isOwn && texts.text((training.firstText ?? 0) + row).hasPrefix(text.prefix(20))
      }
      #expect(!rows.isEmpty, "\(reason.title): \(text)")
    }
  }

  /// A review of the user is of the item of its own row, one of the item by that row's user.
  @Test func `a weighed review names the other party of its row`() throws {
    let problem = ReviewProblem(isMarked: true, tasks: ["stars"])
    let trainer = try problem.trainer("narre", Self.models[3].options)
    let (validation, training) = (problem.dataset.validation, problem.dataset.training)
    let reading = FrozenModel(trainer).reading(
      of: validation.batch(from: 0, rows: 1), in: problem.dataset)
    let pair = ExplainedPair(
      user: validation.ids[1], item: validation.ids[0], userName: "u", itemName: "i")
    let explanation = try #require(
      trainer.model.explain(pair, ExplainReading(model: reading, dataset: problem.dataset)))
    #expect(Set(explanation.reasons.map(\.title)).count > 2)
    let (texts, fields) = (try #require(problem.dataset.text), problem.dataset.features.fields)
    let first = try #require(training.firstText)
    for reason in explanation.reasons {
      let passage = try #require(reason.evidence.first)
      let isOfUser = reason.title.hasPrefix("the user's of ")
      // Every text has a word of its own.
      let row = try #require(
        (0..<training.count).first { texts.text(first + $0) == passage.text })
      let (item, user) = (training.ids[2 * row], training.ids[2 * row + 1])
      #expect(isOfUser ? user == pair.user : item == pair.item)
      let whose =
        isOfUser
        ? "the user's of \(fields[0].name(of: Int(item)))" : "by \(fields[1].name(of: Int(user)))"
      #expect(reason.title == whose)
      #expect(passage.source.hasPrefix("review "))
    }
  }

  @Test func `data without texts or users are refused by name`() throws {
    let problem = TinyProblem(tasks: 2)
    let tasks = ReviewProblem().tasks
    #expect(throws: ModelError.self) {
      guard case .trained(let make) = try ModelRegistry.entry(named: "caml").kind else { return }
      _ = try make([:], problem.input, tasks, Builder())
    }
    do {
      _ = try problem.trainer("caml")
      Issue.record("two binary tasks were taken")
    } catch let error as ModelError {
      #expect("\(error)".contains("kind: text"))
    }
  }
}

/// A model of reviews, and the kinds of its tasks.
struct ReviewModel: Sendable, CustomTestStringConvertible {
  let name: String
  let options: [String: String]
  var testDescription: String { name }
  var tasks: [String] { name == "narre" ? ["stars"] : ["stars", "why"] }

  init(_ name: String, _ options: [String: String]) { (self.name, self.options) = (name, options) }
}
