import Datasets
import Runs
import Tensors
import Testing

@testable import Training

/// What training rows have of a user and of an item, against a plain loop over those rows.
@Suite struct PairEvidenceTests {
  /// Rows of four users and five items that meet often; a click beside the rating, whose labels are
  /// stored around 3 in halves; some rows have no rating, some no text, some a text that is too long to
  /// show; times are in another order than rows.
  private struct Rows {
    let count = 400
    let levels: Int
    let random: RandomSource
    let times: [Int64]

    init(levels: Int, seed: UInt64) {
      self.levels = levels
      random = RandomSource(seed: seed, .test)
      times = (0..<400).map { Int64($0 * 171 % 400) }
    }

    func user(_ row: Int) -> Int { 1 + random.index(below: 4, UInt64(row), 1) }
    func item(_ row: Int) -> Int { 1 + random.index(below: 5, UInt64(row), 2) }
    func rating(_ row: Int) -> Double? {
      row % 7 == 3 ? nil : Double(1 + random.index(below: levels, UInt64(row), 3))
    }
    func text(_ row: Int) -> String {
      switch row % 5 {
      case 0: ""
      case 1: (0..<45).map { "w\(row)x\($0)" }.joined(separator: " ")
      default: "says \(row)"
      }
    }
    /// 40 words are shown.
    func shown(_ row: Int) -> String? {
      row % 5 == 1
        ? (0..<40).map { "w\(row)x\($0)" }.joined(separator: " ") + " …"
        : text(row).isEmpty ? nil : text(row)
    }

    var dataset: Dataset {
      let all = 0..<count
      var schema = FeatureSchema(
        fields: [
          CategoricalField(name: "item", categories: ["", "i1", "i2", "i3", "i4", "i5"]),
          CategoricalField(name: "shop", categories: ["", "s1"]),
          CategoricalField(name: "user", categories: ["", "u1", "u2", "u3", "u4"]),
        ], dense: [])
      schema.interactions = InteractionFields(user: 2, item: 0)
      let training = Examples(
        count: count, ids: Storage(all.flatMap { [Int32(item($0)), 1, Int32(user($0))] }),
        dense: Storage([]),
        labels: Storage(all.flatMap { [1, Float((rating($0) ?? 9) - 3) / 2] }),
        spaces: Storage(all.flatMap { [1, rating($0) == nil ? 0 : 1] }), firstText: 2)
      let none = Examples(
        count: 0, ids: Storage([]), dense: Storage([]), labels: Storage([]), firstText: count + 2)
      var stars = TaskDefinition(name: "stars", kind: .regression)
      stars.scale = LabelScale(mean: 3, deviation: 2)
      var dataset = Dataset(
        name: "evidence", features: schema,
        tasks: [TaskDefinition(name: "click", kind: .binary), stars], training: training,
        validation: none, test: none)
      // Texts of rows that are not these lie before them.
      dataset.text = TextData(
        training: ["x", "y"] + all.map(text), shape: ReviewShape(perUser: 1, perItem: 1, tokens: 50)
      )
      dataset.interactions = Interactions(training, schema, user: 2, item: 0, times: times)
      return dataset
    }

    /// What a plain loop over the rows finds.
    func evidence(_ isAsked: (Int) -> Bool, _ name: (Int) -> String) -> PairEvidence {
      let rows = (0..<count).filter(isAsked).sorted { times[$0] > times[$1] }
      let ratings = rows.compactMap(rating)
      let different = Set(ratings).sorted()
      return PairEvidence(
        rows: rows.prefix(20).map {
          PairEvidence.Row(name: name($0), rating: rating($0), text: shown($0))
        },
        count: rows.count, rated: ratings.count,
        mean: ratings.isEmpty ? nil : ratings.reduce(0, +) / Double(ratings.count),
        counts: different.count > 10
          ? []
          : different.map { level in
            PairEvidence.Count(rating: level, rows: ratings.count { $0 == level })
          })
    }
  }

  @Test(arguments: [(5, 1), (10, 2), (11, 3)] as [(Int, UInt64)])
  func evidenceIsWhatTrainingRowsHave(_ levels: Int, _ seed: UInt64) throws {
    let made = Rows(levels: levels, seed: seed)
    let rows = try #require(PairRows(made.dataset))
    var isEverUncounted = false
    for user in 1...4 {
      for item in 1...5 {
        let ofUser = made.evidence({ made.user($0) == user && made.item($0) != item }) {
          "i\(made.item($0))"
        }
        let ofItem = made.evidence({ made.item($0) == item && made.user($0) != user }) {
          "u\(made.user($0))"
        }
        let found = rows.evidence(ofUser: Int32(user), without: Int32(item))
        #expect(found == ofUser, "seed \(seed), user \(user) without item \(item)")
        let other = rows.evidence(ofItem: Int32(item), without: Int32(user))
        #expect(other == ofItem, "seed \(seed), item \(item) without user \(user)")
        // There is something to leave out, to cut, and to count.
        #expect(ofUser.count > 20 && ofItem.count > 20)
        isEverUncounted = isEverUncounted || ofUser.counts.isEmpty
        #expect((0..<made.count).contains { made.user($0) == user && made.item($0) == item })
      }
    }
    #expect(isEverUncounted == (levels > 10))
  }

  /// Of whom no other row trained nothing is known.
  @Test func nobodyElseIsNoEvidence() throws {
    let made = Rows(levels: 5, seed: 4)
    let rows = try #require(PairRows(made.dataset))
    #expect(rows.evidence(ofUser: 0, without: 1) == PairEvidence(rows: [], count: 0))
  }

  /// Without times the last rows of the file are given, and that is said.
  @Test func withoutTimesTheFileHasTheOrder() throws {
    let made = Rows(levels: 5, seed: 5)
    var dataset = made.dataset
    dataset.interactions = Interactions(dataset.training, dataset.features, user: 2, item: 0)
    let found = try #require(PairRows(dataset)).evidence(ofUser: 1, without: 1)
    #expect(!found.isByTime && found.rows.count == 20)
  }
}
