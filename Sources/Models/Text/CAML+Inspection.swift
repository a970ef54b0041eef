import Datasets
import Foundation
import Graph
public import Runs

extension CAML {
  /// Its pointers and what they choose.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// A few rows say as much as many, and every row costs a softmax over all words.
  public var inspectedRows: Int { 64 }

  /// Whose texts the pointers of the first row choose, how sure they are over all rows, and which
  /// concepts they settle on.
  public func inspect(_ reading: ModelReading) -> Inspection {
    guard reading.batch.rows > 0, reading.batch.drawn != nil else { return Inspection() }
    let pointers = heads.indices.map { Pointers("heads.\($0)", reading, slots) }
    return Inspection(
      views: pointers.indices.map { map(pointers[$0], head: $0, reading) }
        + [chosenTexts(pointers, reading)] + (slots.concepts > 0 ? [concepts(reading)] : []),
      traces: traces(pointers, reading))
  }
}

/// The soft pointers of a head over some rows, and what there was to point at.
private struct Pointers {
  let name: String
  let rows: Int
  /// By side the shares [rows, n], 0 where there is no text.
  let shares: [(values: UnsafePointer<Float>, width: Int)?]

  init(_ name: String, _ reading: ModelReading, _ slots: ReviewSlots) {
    self.name = name
    rows = reading.batch.rows
    shares = CAML.sides.map { reading.watched(CAMLSelector.pointer(name, $0)) }
  }

  /// The share of every text of a row's side.
  func of(_ row: Int, side: Int) -> [Float] {
    guard let (values, width) = shares[side] else { return [] }
    return (0..<width).map { values[row * width + $0] }
  }

  /// The text that is chosen; nil where there is none.
  func chosen(_ row: Int, side: Int) -> Int? {
    let own = of(row, side: side)
    guard let largest = own.max(), largest > 0 else { return nil }
    return own.firstIndex(of: largest)
  }

  /// −Σ p ln p / ln n, a mean over the rows with n ≥ 2 texts; NaN without any, and of no numbers.
  ///
  /// A text whose share has become 0 counts among the n: the row has decided.
  func entropy(side: Int, texts: (Int) -> Int) -> Float {
    var (sum, count) = (0.0, 0)
    for row in 0..<rows {
      let n = texts(row)
      guard n > 1 else { continue }
      let own = of(row, side: side).map(Double.init)
      sum += own.reduce(0) { $0 - ($1 == 0 ? 0 : $1 * log($1)) } / log(Double(n))
      count += 1
    }
    return count == 0 ? .nan : Float(sum / Double(count))
  }
}

extension CAML {
  fileprivate static let sides = ["user", "item"]

  /// The pinned row: the first that was looked at.
  private var pinned: Int { 0 }

  /// How many texts a row's side has.
  private func texts(_ row: Int, side: Int, _ reading: ModelReading) -> Int {
    numbers(row, side == 0 ? slots.userNumbers : slots.itemNumbers, reading).count { $0 != 0 }
  }

  private func numbers(_ row: Int, _ columns: Range<Int>, _ reading: ModelReading) -> [Int32] {
    guard let drawn = reading.batch.drawn else { return [] }
    return columns.map { drawn[row * reading.batch.drawnCount + $0] }
  }

  /// A text of a row's side, raw.
  private func text(_ row: Int, side: Int, _ place: Int, _ reading: ModelReading) -> String {
    let columns = side == 0 ? slots.userTokens : slots.itemTokens
    let own = side == 0 ? slots.userNumbers : slots.itemNumbers
    let first = columns.lowerBound + place * slots.tokens
    return reading.text(
      of: numbers(row, first..<(first + slots.tokens), reading),
      number: numbers(row, own, reading).dropFirst(place).first ?? 0)
  }
}

// MARK: - Of one pair

extension CAML {
  private func map(_ pointers: Pointers, head: Int, _ reading: ModelReading) -> ModelView {
    let counts = Self.sides.indices.map { texts(pinned, side: $0, reading) }
    let names = Self.sides.indices.map { side in
      (0..<counts[side]).map { place in
        // Of no user and no item: reviews have numbers.
        (pointers.chosen(pinned, side: side) == place ? "*" : "")
          + (side == 0 ? "user's \(place + 1)" : "\(place + 1)")
      }
    }
    let products = reading.watched(CAMLSelector.map(pointers.name))
    let values = (0..<counts[0]).flatMap { i in
      (0..<counts[1]).map { j in
        products.map { $0.values[pinned * $0.width + i * slots.itemTexts + j] } ?? .nan
      }
    }
    return ModelView(
      name: "selector.\(head).map", title: "head \(head): user's × item's reviews",
      note: "How well each review of user\(name(of: \.user, reading)) fits each of item"
        + "\(name(of: \.item, reading)), the pair of the first row; 1 is the last one. The pointers "
        + "choose *, by the largest of a row and of a column.",
      content: .matrix(
        .init(rows: names[0], columns: names[1], values: values, scale: .diverging)))
  }

  /// What the data call the first row's user or item, ` u17`, raw; nothing where they do not say.
  private func name(
    of side: KeyPath<InteractionFields, Int>, _ reading: ModelReading
  ) -> String {
    reading.schema.interactions.map { fields in
      let field = fields[keyPath: side]
      return " " + reading.schema.fields[field].name(of: reading.id(row: pinned, field: field))
    } ?? ""
  }

  private func chosenTexts(_ pointers: [Pointers], _ reading: ModelReading) -> ModelView {
    let passages = pointers.enumerated().flatMap { head, pointer in
      Self.sides.enumerated().map { side, name -> ModelView.Passages.Passage in
        guard let place = pointer.chosen(pinned, side: side) else {
          return .init(name: "head \(head), \(name)", text: "(no review to choose)")
        }
        return .init(
          name: "head \(head), \(name)'s \(place + 1)",
          text: text(pinned, side: side, place, reading), isMarked: true)
      }
    }
    return ModelView(
      name: "selector.chosen", title: "what the pointers choose",
      note: "The reviews that the first row's prediction and its sentence are made from.",
      content: .passages(.init(passages)))
  }

  /// Which concepts each head settles on, over all rows.
  private func concepts(_ reading: ModelReading) -> ModelView {
    let ids = reading.watched(Self.concepts)
    let rows = ids.map { ids in
      heads.indices.flatMap { head in
        Self.sides.enumerated().map { side, name -> [String] in
          let column = side * heads.count + head
          let chosen = (0..<reading.batch.rows).map {
            Int32(ids.values[$0 * ids.width + column])
          }
          return ["head \(head), \(name)", self.name(of: chosen[pinned], reading)]
            + most(chosen).map { "\(self.name(of: $0.id, reading)) \($0.count)" }
        }
      }
    }
    return ModelView(
      name: "selector.concepts", title: "concepts by head",
      note: "The concept that is chosen for the first row, then those that are chosen most, with "
        + "how many of \(reading.batch.rows) rows they are chosen for.",
      content: .table(
        .init(columns: ["pointer", "first row", "1st", "2nd", "3rd"], rows: rows ?? [])))
  }

  /// A concept's word, or that a review has none.
  private func name(of concept: Int32, _ reading: ModelReading) -> String {
    concept == 0 ? "(none)" : reading.word(concept)
  }

  /// The three ids that are there most often, 0 for none.
  private func most(_ ids: [Int32]) -> [(id: Int32, count: Int)] {
    let counts = Dictionary(ids.map { ($0, 1) }, uniquingKeysWith: +)
    return counts.map { (id: $0.key, count: $0.value) }.sorted {
      ($1.count, $0.id) < ($0.count, $1.id)
    }.prefix(3).map { $0 }
  }
}

// MARK: - Why a pair

extension CAML {
  /// The reviews that its pointers choose for the pair, and the concepts that they name.
  public func explain(_ pair: ExplainedPair, _ reading: ExplainReading) -> Explanation? {
    let rows = reading.model
    guard rows.batch.rows > 0, rows.batch.drawn != nil else { return nil }
    let ids = rows.watched(Self.concepts)
    let reasons = heads.indices.flatMap { head in
      let pointers = Pointers("heads.\(head)", rows, slots)
      return Self.sides.enumerated().compactMap { side, name -> Explanation.Reason? in
        guard let place = pointers.chosen(pinned, side: side) else { return nil }
        let concept = ids.map { Int32($0.values[side * heads.count + head]) } ?? 0
        let own = side == 0 ? slots.userNumbers : slots.itemNumbers
        let parties = reading.parties(ofText: numbers(pinned, own, rows)[place])
        let review = reading.reviewWords(
          ofUser: side == 0, with: side == 0 ? parties?.item : parties?.user)
        return Explanation.Reason(
          concept == 0 ? review : "\(rows.word(concept)), \(review)",
          score: Double(pointers.of(pinned, side: side)[place]),
          evidence: [
            Explanation.Passage(
              text(pinned, side: side, place, rows),
              source: "by head \(head): review \(place + 1) of the \(name), \(reading.reviewOrder)")
          ])
      }
    }
    return Explanation(
      reasons: reasons.sorted { ($0.score ?? 0) > ($1.score ?? 0) },
      scoreWords: "share of the soft pointer",
      note: reasons.isEmpty ? "Neither has a review: the rating comes of their ids alone." : nil)
  }
}

// MARK: - Over time

extension CAML {
  private func traces(_ pointers: [Pointers], _ reading: ModelReading) -> [ModelTrace] {
    let names = heads.indices.flatMap { head in Self.sides.map { "head \(head), \($0)" } }
    let tokens = [slots.userTokens, slots.itemTokens]
    let entropies = pointers.flatMap { pointer in
      Self.sides.indices.map { side in
        pointer.entropy(side: side) { slots.texts(in: tokens[side], ofRow: $0, of: reading.batch) }
      }
    }
    return [
      ModelTrace(
        name: "selector.entropy", title: "how undecided the pointers are",
        note:
          "Entropy of the soft pointers, 1 where all reviews are alike and 0 where one has all, "
          + "a mean over rows with two reviews or more.",
        series: names, values: entropies),
      ModelTrace(
        name: "selector.agreement", title: "pointers on nothing and on the same",
        note: "The share of rows where a side has no review to point at, and where the first two "
          + "heads point at the same one.",
        series: Self.sides.flatMap { ["\($0), nothing", "\($0), the same"] },
        values: Self.sides.indices.flatMap { side in
          [nothing(pointers, side), same(pointers, side)]
        }),
      words(reading),
    ]
  }

  /// The courses of the share of words that are right and, where the data have concepts, of L_c without
  /// its strength; both on one axis, which is logarithmic, as one is a share and the other is in nats.
  private func words(_ reading: ModelReading) -> ModelTrace {
    var course = reading.rightWords(of: textTask, isSampled: configuration.sampledWords > 0)
    guard slots.concepts > 0 else { return course }
    let (sums, strength) = (reading.terms.first, reading.value(of: conceptStrength))
    let isKnown = (sums?.rows ?? 0) > 0 && strength > 0
    course.title = "words that are right, and the loss of the concepts"
    course.note +=
      " L_c: how unlikely the chosen concepts are at these words, in nats, \(pool); the dial "
      + "concepts is what it is multiplied by."
    course.isLogarithmic = true
    course.series.append("L_c")
    course.values.append(
      isKnown ? Float((sums?.loss ?? 0) / (sums?.rows ?? 1) / strength) : .nan)
    return course
  }

  private var pool: String {
    switch configuration.pool {
    case .max: "that of the least likely one"
    case .mean: "a mean over them"
    case .min: "that of the likeliest one"
    }
  }

  private func nothing(_ pointers: [Pointers], _ side: Int) -> Float {
    guard let first = pointers.first else { return .nan }
    let count = (0..<first.rows).count { first.chosen($0, side: side) == nil }
    return Float(count) / Float(first.rows)
  }

  private func same(_ pointers: [Pointers], _ side: Int) -> Float {
    guard pointers.count > 1 else { return .nan }
    let pairs = (0..<pointers[0].rows).compactMap { row -> Bool? in
      guard let first = pointers[0].chosen(row, side: side) else { return nil }
      return first == pointers[1].chosen(row, side: side)
    }
    return pairs.isEmpty ? .nan : Float(pairs.count { $0 }) / Float(pairs.count)
  }
}
