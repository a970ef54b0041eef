import CKernels
import Foundation
import Tensors
import Training

// One table: products on one thread first, then whole steps on two. `quick` takes less time and is
// less sure of its numbers.
let isQuick = CommandLine.arguments.contains("quick")
let peak = ck_multiply_add_peak(0.3)

func row(of product: ProductBenchmark, _ form: ProductBenchmark.Form) -> ResultTable.Row {
  let times = product.times(form)
  let median = times[times.count / 2]
  return ResultTable.Row(
    name: "\(product.name), \(form.rawValue)", shape: product.shape(of: form), threads: 1,
    median: median, percentile95: times[times.count * 95 / 100],
    operations: product.operations / median, examples: nil,
    share: product.operations / median / peak)
}

func row(of workload: Workload, batchSize: Int) throws -> ResultTable.Row {
  let result = try StepBenchmark(
    workload: workload, batchSize: batchSize, threads: 2, seconds: isQuick ? 0.8 : 4
  ).run()
  return ResultTable.Row(
    name: workload.name, shape: "\(batchSize)", threads: 2,
    median: result.stepMillisecondsMedian / 1e3,
    percentile95: result.stepMilliseconds95 / 1e3,
    operations: result.operationsPerStep * result.examplesPerSecond / Double(batchSize),
    examples: result.examplesPerSecond, share: result.shareOfFloor)
}

/// Where other batches than 1024 say something of their own.
let otherBatches = ["w1a": 256, "w1b": 4096, "w2": 4096]

print(ResultTable.head)
for product in ProductBenchmark.all {
  for form in ProductBenchmark.Form.allCases { print(ResultTable.text(row(of: product, form))) }
}
for workload in Workload.all {
  for batchSize in [1024] + (otherBatches[workload.name].map { [$0] } ?? []) {
    print(ResultTable.text(try row(of: workload, batchSize: batchSize)))
  }
}
print(
  """

  \(CPULevel.current), \(String(format: "%.0f", peak / 1e9)) · 10⁹ operations/s a thread in \
  registers: the floor of products. A step's floor is measured beside it, on both threads.
  What a step allocates is counted by `make test`.
  """)
