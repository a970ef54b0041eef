import CKernels
import Foundation
import Tensors
import Training

// Products in registers and memory first, then whole steps; one table each. `quick` takes less time
// and is less sure of its numbers.
let isQuick = CommandLine.arguments.contains("quick")

func column(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
func number(_ value: Double, _ decimals: Int) -> String {
  String(format: "%.\(decimals)f", value)
}

let peak = ck_multiply_add_peak(0.3)
print("\(CPULevel.current): \(number(peak / 1e9, 0)) GFLOP/s a thread in registers")
print()
print("product, one thread".padding(toLength: 22, withPad: " ", startingAt: 0), terminator: "")
print(column("shape", 16), terminator: "")
for form in ProductBenchmark.Form.allCases { print(column(form.rawValue, 18), terminator: "") }
print()
for product in ProductBenchmark.all {
  let shape = "\(product.rows)×\(product.inputs)×\(product.outputs)"
  print(product.name.padding(toLength: 22, withPad: " ", startingAt: 0), terminator: "")
  print(column(shape, 16), terminator: "")
  for form in ProductBenchmark.Form.allCases {
    let rate = product.operationsPerSecond(form)
    print(
      column("\(number(rate / 1e9, 1)) (\(number(100 * rate / peak, 0)) %)", 18), terminator: "")
  }
  print()
}
print()
print("step  threads  batch   ms median    ms 95 %   examples/s   of peak")
for workload in Workload.all {
  for threads in [1, 2] {
    for batchSize in [256, 1024, 4096] {
      let benchmark = StepBenchmark(
        workload: workload, batchSize: batchSize, threads: threads, seconds: isQuick ? 0.8 : 4)
      let result = benchmark.run()
      print(
        workload.name.padding(toLength: 6, withPad: " ", startingAt: 0)
          + column("\(threads)", 7) + column("\(batchSize)", 7)
          + column(number(result.stepMillisecondsMedian, 3), 12)
          + column(number(result.stepMilliseconds95, 3), 11)
          + column(number(result.examplesPerSecond, 0), 13)
          + column(number(100 * result.shareOfFloor, 0) + " %", 10))
    }
  }
}
