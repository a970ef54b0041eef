import Foundation
import Testing

@testable import TestSupport

@Suite struct GoldenCaseTests {
  @Test(arguments: try GoldenCase.all())
  func `every case can be read`(golden: GoldenCase) throws {
    let node = try golden.load()
    #expect(try node["case"].text == golden.name)
    #expect(node.has("expect"))
    #expect(try !node["system"].text.isEmpty)
  }

  @Test func `a network's case has its parts`() throws {
    let node = try GoldenCase.named("mmoe_2tasks").load()
    #expect(try node["config"]["experts"].integer == 3)
    #expect(try node["config"]["tower"].integers == [3])
    #expect(try node["schema"]["fields"].list.map { try $0["name"].text } == ["f0", "f1"])
    #expect(try node["batch"]["ids"].tensor.shape == [6, 2])
    let parameters = try node["parameters"]
    let gradients = try node["expect"]["gradients"]
    #expect(try parameters.names == gradients.names)
    for (name, tensor) in try parameters.tensors {
      #expect(try gradients[name].tensor.shape == tensor.shape, "\(name)")
    }
  }

  @Test func `null is NaN`() throws {
    let node = try GoldenCase.named("primitives_metrics").load()
    #expect(try node["expect"]["auc_one_class"].number.isNaN)
  }

  @Test func `prefixes choose`() throws {
    let cases = try GoldenCase.all("mmoe_", "moe_").filter { !$0.isExternal }
    #expect(cases.map(\.name) == ["mmoe_2tasks", "mmoe_3tasks", "mmoe_saturated", "moe_1task"])
  }
}

@Suite struct GoldenErrorTests {
  @Test func `a missing name is answered with those present`() throws {
    let node = try decode(#"{"format": 1, "expect": {"loss": 1, "logits": 2}}"#)
    #expect(throws: GoldenError.missing("losses", in: "made.expect", present: ["logits", "loss"])) {
      try node["expect"]["losses"]
    }
  }

  @Test func `a wrong kind is named with its place`() throws {
    let node = try decode(#"{"format": 1, "a": [{"b": "text"}]}"#)
    let error = #expect(throws: GoldenError.self) { try node["a"].list[0]["b"].number }
    #expect(error?.description == "made.a[0].b: text, not a number")
  }

  @Test func `values must fill the shape`() {
    #expect(throws: DecodingError.self) {
      try decode(#"{"format": 1, "a": {"shape": [2, 2], "kind": "float", "values": [1, 2, 3]}}"#)
    }
  }

  @Test func `another format is refused`() {
    #expect(throws: GoldenError.mismatch(at: "made.format", expected: "1", found: "2.0")) {
      try decode(#"{"format": 2}"#)
    }
  }

  @Test func `a folder without cases is refused`() {
    let nowhere = URL(fileURLWithPath: "/nowhere/at/all")
    #expect(throws: GoldenError.self) { try GoldenCase.inFolder(nowhere, isExternal: true) }
  }

  private func decode(_ json: String) throws -> GoldenNode {
    try GoldenCase.decode(Data(json.utf8), named: "made")
  }
}

@Suite struct GoldenDeviationTests {
  @Test func `reports the worst element`() {
    let deviation = GoldenDeviation(of: [1.0001, 2.1, 3], from: [1, 2, 3])
    #expect(deviation.index == 1)
    #expect(!deviation.isWithinTolerance)
    #expect(deviation.description.hasPrefix("element 1: 2.1, expected 2.0"))
  }

  @Test func `allows a part of the element and of the largest`() {
    #expect(GoldenDeviation(of: [100.0109], from: [100]).isWithinTolerance)
    #expect(!GoldenDeviation(of: [100.0111], from: [100]).isWithinTolerance)
    #expect(GoldenDeviation(of: [0.0009, 100], from: [0, 100]).isWithinTolerance)
    #expect(!GoldenDeviation(of: [0.0011, 100], from: [0, 100]).isWithinTolerance)
  }

  @Test func `zeros must be exact, and absolute tolerance helps`() {
    #expect(GoldenDeviation(of: [0], from: [0]).isWithinTolerance)
    #expect(!GoldenDeviation(of: [1e-30], from: [0]).isWithinTolerance)
    let loose = GoldenDeviation.Tolerance(absolute: 1e-6)
    #expect(GoldenDeviation(of: [1e-7], from: [0], within: loose).isWithinTolerance)
  }

  @Test func `NaN, infinities and counts must agree`() {
    #expect(GoldenDeviation(of: [.nan, 1], from: [.nan, 1]).isWithinTolerance)
    #expect(!GoldenDeviation(of: [.nan, 1], from: [1, 1]).isWithinTolerance)
    #expect(!GoldenDeviation(of: [1, 1], from: [.nan, 1]).isWithinTolerance)
    #expect(!GoldenDeviation(of: [.infinity], from: [1]).isWithinTolerance)
    #expect(!GoldenDeviation(of: [1], from: [.infinity]).isWithinTolerance)
    #expect(GoldenDeviation(of: [.infinity], from: [.infinity]).isWithinTolerance)
    #expect(!GoldenDeviation(of: [1], from: [1, 2]).isWithinTolerance)
    #expect(GoldenDeviation(of: [Double](), from: []).isWithinTolerance)
  }
}
