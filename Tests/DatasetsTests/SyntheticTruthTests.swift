import Foundation
import Testing

@testable import Datasets

@Suite struct SyntheticTruthTests {
  struct Truth: Decodable {
    struct Law: Decodable {
      var mixture: [Double]
      var positives: Int?
      var bayes_auc: Double?
      var bayes_auc_by_split: [String: Double]?
      var bayes_rmse_log1p_clicked: Double?
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

  private func truth() throws -> Truth {
    try JSONDecoder().decode(Truth.self, from: Data(Self.text.utf8))
  }

  @Test func saysWhatWasMade() throws {
    let truth = try truth()
    #expect(truth.preset == "sample" && truth.seed == "1" && truth.impressions == 40_000)
    #expect(truth.position_bias.keys.sorted() == ["phone", "tablet"])
    let tablet = try #require(truth.position_bias["tablet"])
    #expect(abs(try #require(tablet.last) + 2.590408) < 1e-9)
    for row in truth.tasks.values {
      #expect(abs(row.mixture.map { $0 * $0 }.reduce(0, +) - 1) < 1e-5)
    }
  }

  @Test(arguments: [
    ("click", 0.864), ("cart", 0.903), ("purchase", 0.926), ("like", 0.907), ("share", 0.897),
  ])
  func bayesAUCIsThatOfTheDesign(task: String, auc: Double) throws {
    let law = try #require(try truth().tasks[task])
    #expect(abs(try #require(law.bayes_auc) - auc) < 0.012)
    #expect(law.bayes_auc_by_split?.count == 3)
  }

  @Test func clicksFlatterTheConversionRate() throws {
    let conversion = try truth().conversion
    #expect(abs(conversion.mean_clicked - 0.231) < 0.025)
    #expect(abs(conversion.mean_whole - 0.114) < 0.012)
    #expect(conversion.bayes_auc_clicked < conversion.bayes_auc_whole)
  }

  @Test func countsAgreeWithTheLog() throws {
    let purchases = try ReadLog(Self.log.csv()).flags("purchase").count { $0 }
    #expect(try truth().tasks["purchase"]?.positives == purchases)
  }

  @Test func tasksCorrelateAsTheirMixturesSay() throws {
    let requests = SyntheticLog(preset: .small, seed: 3).requests
    let laws = SyntheticLaws()
    var (product, a2, b2) = (0.0, 0.0, 0.0)
    for request in 0..<2_000 {
      for row in requests(request) {
        let experts = requests.world.experts(row.user, row.item)
        let (a, b) = (laws.affinity(.purchase, experts), laws.affinity(.share, experts))
        product += a * b
        a2 += a * a
        b2 += b * b
      }
    }
    let place = SyntheticTask.share.rawValue
    let designed = try #require(try truth().task_correlation["purchase"]?[place])
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
