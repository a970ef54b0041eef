import Foundation
import Testing

@testable import Datasets

@Suite struct SyntheticTruthTests {
  struct Truth: Decodable {
    struct Law: Decodable {
      var mixture: Mixture
      var positives: Int?
      var bayes_auc: Double?
      var bayes_auc_by_split: [String: Double]?
      var bayes_rmse_log1p_clicked: Double?
    }
    /// One row, or rows by device or segment.
    enum Mixture: Decodable {
      case all([Double])
      case by([String: [Double]])

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let row = try? container.decode([Double].self) {
          self = .all(row)
        } else {
          self = .by(try container.decode([String: [Double]].self))
        }
      }

      var rows: [[Double]] {
        switch self {
        case .all(let row): [row]
        case .by(let rows): rows.sorted { $0.key < $1.key }.map(\.value)
        }
      }
    }
    struct Conversion: Decodable {
      var mean_clicked: Double
      var mean_whole: Double
      var bayes_auc_clicked: Double
      var bayes_auc_whole: Double
    }
    var preset: String
    var seed: String
    var impressions: Int
    var tasks: [String: Law]
    var task_correlation: [String: [Double]]
    var position_bias: [String: [Double]]
    var conversion: Conversion
  }

  static let log = SyntheticLog(preset: .sample, seed: 1)
  static let text = log.truthJSON()
  /// As many rows by the laws of the other sizes.
  static let general = SyntheticLog(preset: .sample, seed: 1, design: .general).truthJSON()

  private func truth(_ text: String = Self.text) throws -> Truth {
    try JSONDecoder().decode(Truth.self, from: Data(text.utf8))
  }

  @Test func saysWhatWasMade() throws {
    let truth = try truth()
    #expect(truth.preset == "sample" && truth.seed == "1" && truth.impressions == 40_000)
    #expect(truth.position_bias.keys.sorted() == ["phone", "tablet"])
    let tablet = try #require(truth.position_bias["tablet"])
    #expect(abs(try #require(tablet.last) + 1.726939) < 1e-9)
    for mixture in truth.tasks.values.flatMap(\.mixture.rows) {
      #expect(abs(mixture.map { $0 * $0 }.reduce(0, +) - 1) < 1e-5)
    }
    let general = try self.truth(Self.general)
    #expect(abs(try #require(general.position_bias["tablet"]?.last) + 2.590408) < 1e-9)
  }

  @Test(arguments: [
    ("click", 0.864), ("cart", 0.903), ("purchase", 0.926), ("like", 0.907), ("share", 0.897),
  ])
  func bayesAUCIsThatOfTheDesign(task: String, auc: Double) throws {
    let law = try #require(try truth(Self.general).tasks[task])
    #expect(abs(try #require(law.bayes_auc) - auc) < 0.012)
    #expect(law.bayes_auc_by_split?.count == 3)
  }

  @Test func clicksFlatterTheConversionRate() throws {
    let conversion = try truth(Self.general).conversion
    #expect(abs(conversion.mean_clicked - 0.231) < 0.025)
    #expect(abs(conversion.mean_whole - 0.114) < 0.012)
    #expect(conversion.bayes_auc_clicked < conversion.bayes_auc_whole)
  }

  /// By hand from the design: a row of each device or segment, and how alike two tasks are where one
  /// of them has several.
  @Test func mixturesByGroup() throws {
    let truth = try truth()
    guard case .by(let like) = try #require(truth.tasks["like"]).mixture,
      case .by(let cart) = try #require(truth.tasks["cart"]).mixture,
      case .all(let click) = try #require(truth.tasks["click"]).mixture
    else {
      Issue.record("like goes by device, cart by segment, click by neither")
      return
    }
    #expect(like.keys.sorted() == ["phone", "tablet"])
    #expect(cart.keys.sorted() == ["casual", "heavy", "new"])
    let phone = try #require(like["phone"])
    let tablet = try #require(like["tablet"])
    // e₄ on a phone, against e₃ on a tablet.
    #expect(phone[3] > 0.9 && abs(phone[2]) < 0.2)
    #expect(tablet[2] < -0.9 && tablet[3] < 0)
    let shares = try ReadLog(Self.log.csv()).column("device").reduce(into: [0.0, 0.0]) {
      $0[$1 == "phone" ? 0 : 1] += 1 / 40_000
    }
    func product(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let mean = shares[0] * product(phone, click) + shares[1] * product(tablet, click)
    let correlation = try #require(truth.task_correlation["like"]?.first)
    #expect(abs(correlation - mean) < 1e-5)
  }

  @Test func countsAgreeWithTheLog() throws {
    let purchases = try ReadLog(Self.log.csv()).flags("purchase").count { $0 }
    #expect(try truth().tasks["purchase"]?.positives == purchases)
  }

  @Test func tasksCorrelateAsTheirMixturesSay() throws {
    let requests = SyntheticLog(preset: .small, seed: 3).requests
    let laws = SyntheticLaws(.general)
    var (product, a2, b2) = (0.0, 0.0, 0.0)
    for request in 0..<2_000 {
      for row in requests(request) {
        let experts = requests.world.experts(row.user, row.item)
        let group = SyntheticGroup(
          device: row.device, segment: requests.world.users[row.user].segment)
        let (a, b) = (
          laws.affinity(.purchase, experts, in: group), laws.affinity(.share, experts, in: group)
        )
        product += a * b
        a2 += a * a
        b2 += b * b
      }
    }
    let place = SyntheticTask.share.rawValue
    let designed = try #require(
      try truth(Self.general).task_correlation["purchase"]?[place])
    #expect(designed < -0.4)
    #expect(abs(product / (a2 * b2).squareRoot() - designed) < 0.05)
  }

  @Test func watchFloorIsThatOfTheNoise() throws {
    let floor = try #require(try truth().tasks["watch"]?.bayes_rmse_log1p_clicked)
    #expect(floor > 0.5 && floor < SyntheticDesign.watchNoise)
  }
}

@Suite struct ExpectedAUCTests {
  @Test func certainOutcomesArePerfectlyOrdered() { #expect(expectedAUC([0, 1, 1, 0]) == 1) }

  @Test func equalChancesAreWorthAHalf() {
    #expect(abs(expectedAUC([0.3, 0.3, 0.3]) - 0.5) < 1e-12)
  }

  @Test func twoRowsByHand() {
    // Mixed outcomes: 0.8 · 0.6 in order, 0.4 · 0.2 the other way round.
    #expect(abs(expectedAUC([0.4, 0.8]) - 0.48 / 0.56) < 1e-12)
  }

  @Test func oneClassIsUndefined() {
    #expect(expectedAUC([]).isNaN)
    #expect(expectedAUC([0.5]).isNaN)
    #expect(expectedAUC([0, 0]).isNaN)
  }
}
