import Datasets
import Foundation
import Graph
import Models
import Runs

/// Ranks the items for a user, and has the model explain one of them, on the parameters of one step.
final class ExplanationQuestion: Question {
  private let model: FrozenModel
  private let trainer: Trainer
  private let rows: PairRows
  private let user: Int32
  private let order: ItemOrder
  private let items: [Int32]
  private let candidates: Examples
  private var answers: AnswerColumns
  private var view: ExplanationView
  /// What making the answer took so far.
  private(set) var cost = Duration.zero

  var isCommanded: Bool { false }

  /// Items that are ranked at most, the most frequent ones of more.
  static let mostItems = 5_000
  /// Items that are shown.
  static let shownItems = 10

  /// Begins to answer a wish of a user who is there.
  init(_ trainer: Trainer, _ rows: PairRows, user: Int32, wish: ExplanationWish) {
    let start = ContinuousClock.now
    self.trainer = trainer
    self.rows = rows
    self.user = user
    model = FrozenModel(trainer)
    order = ItemOrder(trainer)
    let known = rows.interactions
    let unseen = known.items.filter { !known.hasSeen($0, by: user) }
    let frequent =
      unseen.count <= Self.mostItems
      ? unseen
      : Array(
        unseen.sorted {
          (known.itemCounts[Int($1)], $0) < (known.itemCounts[Int($0)], $1)
        }.prefix(Self.mostItems))
    items = frequent
    candidates = rows.examples(user, frequent)
    answers = AnswerColumns(tasks: trainer.tasks, capacity: frequent.count)
    view = ExplanationView(wish: wish, step: model.step)
    view.user = rows.party(user: user)
    view.firstWords =
      "\(order.words), of "
      + (frequent.count == unseen.count
        ? "all \(unseen.count) items new to the user"
        : "the \(frequent.count) most frequent of \(unseen.count) items new to the user")
    cost = ContinuousClock.now - start
  }

  var progress: QuestionProgress {
    QuestionProgress(
      title: "items for \(view.user?.name ?? "a user")", step: model.step, done: answers.rows,
      total: items.count + 1, trainingWaits: false)
  }

  func advance() -> [QuestionAnswer]? {
    let start = ContinuousClock.now
    defer { cost += ContinuousClock.now - start }
    guard answers.rows == items.count else {
      answers.advance(model, over: candidates)
      return nil
    }
    rank()
    if let item = chosenItem() { explain(item) }
    return [.explanation(view, cost: cost)]
  }

  /// The order of the items, and those that come first; of equals the more frequent one, then the first in the data.
  private func rank() {
    let scores = answers.columns[order.task]
    let ordered = items.indices.filter { !scores[$0].isNaN }.sorted(by: comesBefore)
    ranked = ordered.map { items[$0] }
    view.first = ordered.prefix(Self.shownItems).map(candidate)
  }

  /// Whether an item, by its index, is put before another one.
  private func comesBefore(_ a: Int, _ b: Int) -> Bool {
    let scores = answers.columns[order.task]
    let counts = rows.interactions.itemCounts
    let (x, y) = (items[a], items[b])
    if scores[a] != scores[b] { return scores[a] > scores[b] }
    return counts[Int(x)] == counts[Int(y)] ? x < y : counts[Int(x)] > counts[Int(y)]
  }

  private func candidate(_ index: Int) -> ExplanationView.Candidate {
    let task = trainer.tasks[order.task]
    let rating = ratingTask.flatMap { $0 == order.task ? nil : $0 }
    return ExplanationView.Candidate(
      name: rows.name(item: items[index]),
      score: task.answered(Double(answers.columns[order.task][index])),
      rating: rating.map { trainer.tasks[$0].answered(Double(answers.columns[$0][index])) })
  }

  /// Where an item stands among all that have a score that is a number; nil where it is none of them.
  private func standing(of item: Int32) -> ExplanationView.Standing? {
    let scores = answers.columns[order.task]
    guard let own = items.firstIndex(of: item), !scores[own].isNaN else { return nil }
    let ordered = items.indices.filter { !scores[$0].isNaN }
    return ExplanationView.Standing(
      place: ordered.count { comesBefore($0, own) }, count: ordered.count,
      candidate: candidate(own))
  }

  /// The task that is a rating; nil where there is none.
  private var ratingTask: Int? { trainer.tasks.firstIndex { $0.kind == .regression } }

  /// All items that have a score that is a number, in their order.
  private var ranked: [Int32] = []

  /// The item that was asked for; nil, with the reason, where there is none.
  private func chosenItem() -> Int32? {
    switch view.wish.item {
    case .first(let place):
      guard let last = ranked.indices.last else {
        view.remarks.append(
          items.isEmpty
            ? "There is no item that is new to this user; i asks for one by name."
            : "No item has a score that is a number; i asks for one by name.")
        return nil
      }
      return ranked[min(place, last)]
    case .named(let name):
      let found = rows.item(named: name)
      if found == nil {
        view.remarks.append(rows.unknown("item", name, rows.interactions.itemField))
      }
      return found
    }
  }
}

// MARK: - The pair

extension ExplanationQuestion {
  private func explain(_ item: Int32) {
    view.item = rows.party(item: item)
    view.standing = standing(of: item)
    view.ofUser = rows.evidence(ofUser: user, without: item)
    view.ofItem = rows.evidence(ofItem: item, without: user)
    let meeting = rows.meeting(user, item)
    view.split = meeting?.split.rawValue
    // A row of the data is asked about as it stands there.
    let examples = meeting?.examples ?? rows.examples(user, [item])
    let batch = examples.batch(from: meeting?.row ?? 0, rows: 1)
    let reading = ExplainReading(
      model: model.reading(of: batch, in: rows.dataset), dataset: rows.dataset)
    addRating(reading, meeting)
    addText(meeting)
    if meeting == nil, rows.hasMoreColumns {
      view.remarks.append(
        "The two never met: all other columns are those of the item's newest training row.")
    }
    view.explanation = trainer.model.explain(
      ExplainedPair(
        user: user, item: item, userName: rows.name(user: user), itemName: rows.name(item: item)),
      reading)
    addSentence(batch)
  }

  private func addRating(_ reading: ExplainReading, _ meeting: PairMeeting?) {
    guard let task = ratingTask else { return }
    let definition = trainer.tasks[task]
    let observed = meeting.flatMap { meeting -> Double? in
      let at = meeting.row * trainer.tasks.count + task
      if let spaces = meeting.examples.spaces, spaces[at] <= 0 { return nil }
      return definition.label(meeting.examples.labels[at])
    }
    view.rating = ExplanationView.Rating(
      task: definition.name, predicted: reading.answer(of: task), observed: observed,
      isOn: trainer.isOn[task])
  }

  /// What a model writes word by word, where it has not said a sentence itself.
  private func addSentence(_ batch: Batch) {
    guard let text = rows.dataset.text, view.explanation?.generated == nil,
      let ids = model.sentence(of: batch, longest: text.shape.tokens + 1)
    else { return }
    if view.explanation == nil { view.explanation = Explanation(reasons: []) }
    let words = text.tokenizer.text(of: text.vocabulary.tokens(of: ids))
    view.explanation?.generated = Explanation.Passage(
      words,
      source: ids.isEmpty ? "it ends before the first word" : "written word by word, greedily")
  }

  private func addText(_ meeting: PairMeeting?) {
    guard let meeting, let text = rows.dataset.text, let first = meeting.examples.firstText
    else { return }
    let words = text.text(first + meeting.row)
    guard !words.isEmpty else { return }
    let differences = text.differences(ofText: first + meeting.row).map { ": \($0)" } ?? ""
    view.truth = Explanation.Passage(words, source: "\(meeting.split.rawValue) row\(differences)")
  }
}

/// By which task a model's items are put in order: a ranking that is trained, else a rating, else the
/// first task.
struct ItemOrder {
  let task: Int
  let words: String

  init(_ trainer: Trainer) {
    let tasks = trainer.tasks
    let ranking = tasks.indices.first { tasks[$0].kind == .ranking && trainer.isOn[$0] }
    let rating = tasks.firstIndex { $0.kind == .regression }
    task = ranking ?? rating ?? 0
    words = "by \(tasks[task].name)"
  }
}

// MARK: - Names

extension PairRows {
  func name(user: Int32) -> String {
    dataset.features.fields[interactions.userField].name(of: Int(user))
  }

  func name(item: Int32) -> String {
    dataset.features.fields[interactions.itemField].name(of: Int(item))
  }

  func party(user: Int32) -> ExplanationView.Party {
    ExplanationView.Party(
      name: name(user: user), place: interactions.users.index(of: user),
      count: interactions.users.count, rows: interactions.rows(ofUser: user).count)
  }

  func party(item: Int32) -> ExplanationView.Party {
    ExplanationView.Party(
      name: name(item: item), place: interactions.items.index(of: item),
      count: interactions.items.count, rows: interactions.rows(ofItem: item).count)
  }

  /// The user of a wish; nil where there is none of the name.
  func user(_ wish: ExplanationWish.User) -> Int32? {
    guard !interactions.users.isEmpty else { return nil }
    switch wish {
    case .place(let place):
      return interactions.users[place % interactions.users.count]
    case .named(let name):
      return id(named: name, interactions.userField, interactions.users)
    }
  }

  func item(named name: String) -> Int32? {
    id(named: name, interactions.itemField, interactions.items)
  }

  private func id(named name: String, _ field: Int, _ ids: OwnIds) -> Int32? {
    let categories = dataset.features.fields[field].categories
    let found = categories.isEmpty ? Int(name) : categories.firstIndex(of: name)
    return found.map { Int32(clamping: $0) }.flatMap { ids.contains($0) ? $0 : nil }
  }

  /// That a wish's user is not known.
  func unknownUser(_ wish: ExplanationWish) -> String {
    guard case .named(let name) = wish.user else {
      return "Training rows tell no user apart from the others."
    }
    return unknown("user", name, interactions.userField)
  }

  /// That a name is not known, with one that is like it.
  func unknown(_ kind: String, _ name: String, _ field: Int) -> String {
    let known = dataset.features.fields[field].categories.dropFirst()
    let near = nearest(to: name, in: Array(known.prefix(20_000)))
    return "No \(kind) '\(printable(name))' among those that training rows tell apart"
      + (near.map { "; did you mean '\(printable($0))'?" } ?? ".")
  }
}
