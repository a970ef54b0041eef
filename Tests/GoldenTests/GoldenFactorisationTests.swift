import Datasets
import Models
import Tensors
import TestSupport
import Testing

/// Closed forms and counts of the systems that factorise, against the reference's numbers.
@Suite struct GoldenFactorisationTests {
  private static func matrix(_ node: GoldenNode) throws -> FactorMatrix {
    let tensor = try node.tensor
    return FactorMatrix(rows: tensor.shape[0], width: tensor.shape[1], values: tensor.values)
  }

  private static func expect(_ found: [Double], _ expected: [Double], _ what: String) {
    let deviation = GoldenDeviation(
      of: found, from: expected,
      within: .init(relative: 1e-9, scaled: 1e-11, absolute: 1e-12))
    #expect(deviation.isWithinTolerance, "\(what): \(deviation)")
  }

  @Test(arguments: try GoldenCase.of("why_als"))
  func `sweeps are those of the reference`(golden: GoldenCase) throws {
    let node = try golden.load()
    let (inputs, config) = (try node["inputs"], try node["config"])
    let (ratings, observed) = (try inputs["ratings"].tensor, try inputs["observed"].numbers)
    let items = ratings.shape[1]
    let known = ratings.values.indices.filter { observed[$0] > 0 }.map {
      AlternatingLeastSquares.Rating(user: $0 / items, item: $0 % items, value: ratings.values[$0])
    }
    let squares = AlternatingLeastSquares(
      known, users: ratings.shape[0], items: items, userStrength: try config["lambda_u"].number,
      itemStrength: try config["lambda_v"].number)
    let priors = (try Self.matrix(inputs["prior_u"]), try Self.matrix(inputs["prior_v"]))
    var users = try Self.matrix(inputs["U"])
    var others = try Self.matrix(inputs["V"])
    let pool = WorkerPool(threads: 2)
    for sweep in try node["expect"]["sweeps"].list {
      let before = squares.loss(users: users, items: others, priors: priors)
      Self.expect([before], [try sweep["loss_before"].number], "loss before")
      squares.sweep(users: &users, items: &others, priors: priors, pool: pool)
      Self.expect(users.values, try sweep["U"].numbers, "U")
      Self.expect(others.values, try sweep["V"].numbers, "V")
      let after = squares.loss(users: users, items: others, priors: priors)
      Self.expect([after], [try sweep["loss_after"].number], "loss after")
    }
  }

  @Test(arguments: try GoldenCase.of("mter_tensors"))
  func `tensors are those of the reference`(golden: GoldenCase) throws {
    let node = try golden.load()
    let (numbers, rated) = (
      try node["inputs"]["triples"].integers, try node["inputs"]["ratings"].numbers
    )
    let tuples = stride(from: 0, to: numbers.count, by: 5).map { first in
      let parts = numbers[first..<first + 5].map { Int32($0) }
      return OpinionTuple(
        user: parts[0], item: parts[1], feature: parts[2], opinion: parts[3],
        sentiment: parts[4])
    }
    let ratings = stride(from: 0, to: rated.count, by: 3).map {
      (user: Int(rated[$0]), item: Int(rated[$0 + 1]), value: rated[$0 + 2])
    }
    let tensors = MTERTensors(
      tuples, ratings: ratings, features: try node["config"]["features"].integer,
      greatestRating: try node["config"]["max_rating"].number)
    for (name, entries) in [
      ("user_item_feature", tensors.userItemFeature),
      ("user_feature_opinion", tensors.userFeatureOpinion),
      ("item_feature_opinion", tensors.itemFeatureOpinion),
    ] {
      let expected = try node["expect"][name]
      #expect(try entries.flatMap(\.index) == expected["index"].integers, "\(name)")
      Self.expect(entries.map(\.value), try expected["value"].numbers, name)
    }
  }

  @Test(arguments: try GoldenCase.of("mter_explain"))
  func `explanations are those of the reference`(golden: GoldenCase) throws {
    let node = try golden.load()
    let (parameters, config) = (try node["parameters"], try node["config"])
    let overall = try config["overall_slice"].integer
    let (mentioned, seen) = (
      try node["inputs"]["mentioned"].tensor, try node["inputs"]["seen"].tensor
    )
    let quality = try Tucker(
      parameters, "user_item_feature", of: "user", "item", "feature")
    let byUser = try Tucker(
      parameters, "user_feature_opinion", of: "user", "feature", "opinion")
    let byItem = try Tucker(
      parameters, "item_feature_opinion", of: "item", "feature", "opinion")
    let length = MTERExplanation.Length(
      features: try config["top_features"].integer, opinions: try config["top_opinions"].integer)
    let scores = try node["expect"]["item_scores"].tensor
    for expected in try node["expect"]["explanations"].list {
      let (user, item) = (try expected["user"].integer, try expected["item"].integer)
      let place = user * scores.shape[1] + item
      Self.expect([quality[user, item, overall]], [scores.values[place]], "score")
      let found = MTERExplanation(
        features: overall,
        mentioned: (0..<overall).filter { mentioned.values[item * overall + $0] > 0 },
        seen: { feature in
          (0..<seen.shape[1]).filter { seen.values[feature * seen.shape[1] + $0] > 0 }
        }, length: length, quality: { quality[user, item, $0] },
        agreement: { byUser[user, $0, $1] * byItem[item, $0, $1] })
      #expect(try found.reasons.map(\.feature) == expected["features"].integers)
      Self.expect(found.reasons.map(\.score), try expected["feature_scores"].numbers, "features")
      #expect(
        try found.reasons.map(\.opinions) == expected["opinions"].list.map { try $0.integers })
      Self.expect(
        found.reasons.flatMap(\.opinionScores),
        try expected["opinion_scores"].list.flatMap { try $0.numbers }, "opinions")
    }
  }
}

/// Σ G x y z as three loops.
private struct Tucker {
  private let core: [Double]
  private let factors: [FactorMatrix]

  init(_ parameters: GoldenNode, _ core: String, of names: String...) throws {
    self.core = try parameters["cores.\(core)"].numbers
    factors = try names.map {
      let tensor = try parameters["embeddings.\($0).weight"].tensor
      return FactorMatrix(rows: tensor.shape[0], width: tensor.shape[1], values: tensor.values)
    }
  }

  subscript(_ first: Int, _ second: Int, _ third: Int) -> Double {
    let (x, y, z) = (factors[0], factors[1], factors[2])
    var sum = 0.0
    for a in 0..<x.width {
      for b in 0..<y.width {
        for c in 0..<z.width {
          sum +=
            core[(a * y.width + b) * z.width + c] * x.values[first * x.width + a]
            * y.values[second * y.width + b] * z.values[third * z.width + c]
        }
      }
    }
    return sum
  }
}
