import Foundation
import Testing

@testable import Runs

@Suite("Configuration of the optimiser in files") struct OptimizerConfigurationTests {
  /// What a rule is written as, with keys sorted.
  private func text(_ configuration: OptimizerConfiguration) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(configuration), as: UTF8.self)
  }

  private func read(_ text: String) throws -> OptimizerConfiguration {
    try JSONDecoder().decode(OptimizerConfiguration.self, from: Data(text.utf8))
  }

  @Test("an object is flat and has all options") func flat() throws {
    #expect(
      try text(OptimizerConfiguration(.adam(beta1: 0.5, beta2: 0.25, epsilon: 0.125)))
        == #"{"beta1":0.5,"beta2":0.25,"epsilon":0.125,"rule":"adam","tables":"lazy","weightDecay":0}"#
    )
    #expect(
      try text(
        OptimizerConfiguration(
          .adagrad(epsilon: 0.5, initial: 0.25, isRowWise: true), tables: .dense, clipNorm: 2,
          weightDecay: 0.125))
        == #"{"clipNorm":2,"epsilon":0.5,"initial":0.25,"rowWise":true,"rule":"adagrad","tables":"dense","weightDecay":0.125}"#
    )
  }

  @Test("what is written is what is read", arguments: OptimizerConfiguration.Rule.all)
  func thereAndBack(rule: OptimizerConfiguration.Rule) throws {
    var configuration = OptimizerConfiguration(
      rule, tables: .dense, clipNorm: 3, weightDecay: 0.25)
    #expect(try read(text(configuration)) == configuration)
    configuration.clipNorm = nil
    #expect(try read(text(configuration)) == configuration)
  }

  @Test("what is left out has its default; what names no rule is refused") func defaults() throws {
    #expect(try read("{}") == OptimizerConfiguration())
    #expect(
      try read(#"{"rule": "adagrad", "initial": 0.5}"#)
        == OptimizerConfiguration(.adagrad(initial: 0.5)))
    #expect(throws: DecodingError.self) { try read(#"{"rule": "adm"}"#) }
    #expect(throws: DecodingError.self) { try read(#"{"beta1": "much"}"#) }
    #expect(throws: DecodingError.self) { try read(#"{"tables": "some"}"#) }
  }

  @Test(
    "the keys that are written are the keys that a rule has",
    arguments: OptimizerConfiguration.Rule.all)
  func keys(rule: OptimizerConfiguration.Rule) throws {
    var configuration = OptimizerConfiguration(rule, clipNorm: 1)
    (configuration.rates, configuration.l2) = (["embeddings": 0.5], ["towers": 1e-6])
    #expect(try read(text(configuration)) == configuration)
    let data = Data(try text(configuration).utf8)
    let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(Set(object.keys) == Set(OptimizerConfiguration.allowedKeys(of: rule)))
  }
}
