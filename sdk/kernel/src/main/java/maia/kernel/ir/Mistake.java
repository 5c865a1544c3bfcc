package maia.kernel.ir;

/// The catalogue of mistakes in kernels: stable codes, the rule behind each, and examples. Messages
/// end with the code; the page `ERRORS.md` is made of these entries.
public enum Mistake {
  /// K101: operands of one operation stretch to one shape.
  SHAPES_DO_NOT_MATCH(
      "K101",
      "operands of one operation stretch to one shape",
      "Sizes are compared from the last dimension on: they are equal, or one of them is 1. A vector stands for a row; `.col()` makes it a column.",
      "k.zeros(F32, 64).add(k.zeros(F32, 32));",
      "k.print(\"sum\", k.zeros(F32, 64).col().add(k.zeros(F32, 32)));"),
  /// K102: tiles that are paired element by element have one shape.
  SHAPES_DIFFER(
      "K102",
      "tiles that are paired element by element have one shape",
      "`join`, `interleave` and folds of several tiles do not stretch; `cat` and `gather` allow one dimension to differ.",
      "k.join(k.zeros(F32, 8), k.zeros(F32, 4));",
      "k.print(\"pairs\", k.join(k.zeros(F32, 8), k.zeros(F32, 4).broadcastTo(2, 4).ravel()));"),
  /// K103: a tile stretches along dimensions of size 1 only.
  DOES_NOT_STRETCH(
      "K103",
      "a tile stretches along dimensions of size 1 only",
      "A stored value, a mask or `broadcastTo` must fit into the shape it is stretched to.",
      "k.zeros(F32, 8).broadcastTo(8, 4);",
      "k.print(\"wide\", k.zeros(F32, 8).col().broadcastTo(8, 4));"),
  /// K104: a dimension is named by its index.
  NO_SUCH_DIMENSION(
      "K104",
      "a dimension is named by its index",
      "Dimensions count from 0, the outermost. A scalar has none; a grid has three.",
      "k.zeros(F32, 8, 4).sum(2);",
      "k.print(\"sums\", k.zeros(F32, 8, 4).sum(1));"),
  /// K105: sizes on the device are positive powers of two.
  BAD_SIZE(
      "K105",
      "sizes on the device are positive powers of two",
      "Take the next power of two and mask what lies behind the end.",
      "k.arange(200);",
      "k.print(\"inside\", k.arange(256).lt(200));"),
  /// K106: an operation says how many dimensions it takes.
  WRONG_RANK(
      "K106",
      "an operation says how many dimensions it takes",
      "`row` and `col` take a vector, `t` takes two dimensions or more.",
      "k.zeros(F32, 8, 4).col();",
      "k.print(\"flat\", k.zeros(F32, 8, 4).ravel().col());"),
  /// K107: a dimension is dropped where it has one position, split where it has two.
  NOT_ONE_POSITION(
      "K107",
      "a dimension is dropped where it has one position, split where it has two",
      "`squeeze(d)` needs size 1 in `d`, `split` needs size 2 in the last dimension.",
      "k.zeros(F32, 8, 4).squeeze(1);",
      "k.print(\"one\", k.zeros(F32, 8, 1).squeeze(1));"),
  /// K108: another shape has the same number of elements.
  ELEMENTS_CHANGE(
      "K108",
      "another shape has the same number of elements",
      "`reshape`, `view` and `ravel` keep all elements, in row-major order.",
      "k.zeros(F32, 8, 4).reshape(8, 8);",
      "k.print(\"other\", k.zeros(F32, 8, 4).reshape(4, 8));"),
  /// K109: an order of dimensions names each of them once.
  BAD_ORDER(
      "K109",
      "an order of dimensions names each of them once",
      "`permute(2, 0, 1)` makes the last dimension the first one.",
      "k.zeros(F32, 8, 4).permute(0, 0);",
      "k.print(\"turned\", k.zeros(F32, 8, 4).permute(1, 0));"),
  /// K110: two float types meet after a conversion that is written down.
  TYPES_DIFFER(
      "K110",
      "two float types meet after a conversion that is written down",
      "Integers adapt to floats and to wider integers; between float types the choice is yours.",
      "k.zeros(F32, 8).mul(k.zeros(BF16, 8));",
      "k.print(\"product\", k.zeros(F32, 8).mul(k.zeros(BF16, 8).to(F32)));"),
  /// K111: an operation says which element types it takes.
  WRONG_TYPE(
      "K111",
      "an operation says which element types it takes",
      "Functions such as `exp` take floats, bit operations take integers, logic takes truth values.",
      "k.arange(8).exp();",
      "k.print(\"powers\", k.arange(8).to(F32).exp());"),
  /// K112: a number takes the element type of the tile beside it.
  NUMBER_DOES_NOT_FIT(
      "K112",
      "a number takes the element type of the tile beside it",
      "A fraction does not fit integers, 1000 does not fit 8 bits. Convert the tile, not the number.",
      "k.arange(8).add(0.5);",
      "k.print(\"halves\", k.arange(8).to(F32).add(0.5));"),
  /// K113: a conversion is possible on the device.
  NO_SUCH_CONVERSION(
      "K113",
      "a conversion is possible on the device",
      "F64 and TF32 live on the host. `bitcast` needs types of the same width.",
      "k.zeros(F32, 8).bitcast(I16);",
      "k.print(\"bits\", k.zeros(F32, 8).bitcast(I32));"),
  /// K114: a product MxK times KxN shares K, and the batch where there is one.
  INNER_DIMENSIONS_DIFFER(
      "K114",
      "a product MxK times KxN shares K, and the batch where there is one",
      "Load one operand transposed, or transpose it with `.t()`.",
      "k.dot(k.zeros(BF16, 16, 64), k.zeros(BF16, 16, 64), k.zeros(F32, 16, 16));",
      "k.print(\"c\", k.dot(k.zeros(BF16, 16, 64), k.zeros(BF16, 16, 64).t(), k.zeros(F32, 16, 16)));"),
  /// K115: a product is added to an MxN accumulator in F32, or in I32 for 8-bit integers.
  WRONG_ACCUMULATOR(
      "K115",
      "a product is added to an MxN accumulator in F32, or in I32 for 8-bit integers",
      "The tensor unit accumulates in binary32 whatever the operands are.",
      "k.dot(k.zeros(BF16, 16, 64), k.zeros(BF16, 64, 16), k.zeros(BF16, 16, 16));",
      "k.print(\"c\", k.dot(k.zeros(BF16, 16, 64), k.zeros(BF16, 64, 16), k.zeros(F32, 16, 16)).to(BF16));"),
  /// K116: a product takes matrices, or batches of them, of types that multiply.
  WRONG_PRODUCT(
      "K116",
      "a product takes matrices, or batches of them, of types that multiply",
      "Floats of any kind and 8-bit integers multiply; a precision is chosen for F32 only.",
      "k.dot(k.zeros(I32, 16, 16), k.zeros(I32, 16, 16), k.zeros(I32, 16, 16));",
      "k.print(\"c\", k.dot(k.zeros(I8, 16, 16), k.zeros(I8, 16, 16), k.zeros(I32, 16, 16)));"),
  /// K117: block-scaled operands have equal blocks that run along k.
  BLOCKS_DIFFER(
      "K117",
      "block-scaled operands have equal blocks that run along k",
      "Load `b` as NxK, so that its blocks run along k, and pass `b.t()`.",
      "var x = k.in(\"x\", BlockFormat.MXFP4, 2); var a = x.block(32, 32).at(k.scalar(0), k.scalar(0)).load(); k.dotScaled(a, a, k.zeros(F32, 32, 32));",
      "var x = k.in(\"x\", BlockFormat.MXFP4, 2); var a = x.block(32, 32).at(k.scalar(0), k.scalar(0)).load(); k.print(\"c\", k.dotScaled(a, a.t(), k.zeros(F32, 32, 32)));"),
  /// K118: block formats are read, written and made in whole blocks.
  NOT_WHOLE_BLOCKS(
      "K118",
      "block formats are read, written and made in whole blocks",
      "Sizes and starts along the last dimension are multiples of the block, provably: something times the block, or `.assumeMultipleOf(n)`.",
      "k.quantize(k.zeros(F32, 16, 16), BlockFormat.MXFP4, ScaleRule.FLOOR);",
      "k.print(\"codes\", k.quantize(k.zeros(F32, 16, 32), BlockFormat.MXFP4, ScaleRule.FLOOR).elements());"),
  /// K119: instructions make and multiply blocks of floats.
  FORMAT_NOT_BUILT(
      "K119",
      "instructions make and multiply blocks of floats",
      "MXINT8 is read, made of its parts with `MxTile.of` and written; products are of its values.",
      "k.quantize(k.zeros(F32, 16, 32), BlockFormat.MXINT8, ScaleRule.FLOOR);",
      "k.print(\"codes\", k.quantize(k.zeros(F32, 16, 32), BlockFormat.MXFP8_E4M3, ScaleRule.FLOOR).elements());"),
  /// K120: a tile has as many elements as are asked for.
  TOO_MANY(
      "K120",
      "a tile has as many elements as are asked for",
      "`topk(k)` takes the largest `k` of the last dimension.",
      "k.zeros(F32, 8).topk(16);",
      "k.print(\"best\", k.zeros(F32, 16).topk(8));"),
  /// K121: tiles have no values while a kernel is traced.
  COMPARED_WHILE_TRACING(
      "K121",
      "tiles have no values while a kernel is traced",
      "Compare on the device with `a.eq(b)`; run the kernel eagerly to look at values.",
      "k.arange(8).equals(k.arange(8));",
      "k.print(\"same\", k.arange(8).eq(k.arange(8)));"),
  /// K201: an array takes one index per dimension.
  WRONG_INDEX_COUNT(
      "K201",
      "an array takes one index per dimension",
      "A block takes one size per dimension, or fewer for the last ones; its start takes an index for each.",
      "k.in(\"x\", F32, 2).at(k.arange(8));",
      "k.print(\"x\", k.in(\"x\", F32, 2).at(k.scalar(0), k.arange(8)).load());"),
  /// K202: indices are integers, masks are truth values.
  WRONG_INDEX_TYPE(
      "K202",
      "indices are integers, masks are truth values",
      "Any integers index an array, those loaded from another array too.",
      "k.in(\"x\", F32, 1).at(k.zeros(F32, 8)).load();",
      "k.print(\"x\", k.in(\"x\", F32, 1).at(k.arange(8)).load());"),
  /// K203: an array declared with `k.in` is only read.
  NOT_WRITABLE(
      "K203",
      "an array declared with `k.in` is only read",
      "Declare it with `k.out` when it is written completely, with `k.inOut` otherwise.",
      "k.in(\"x\", F32, 1).at(k.arange(8)).store(k.zeros(F32, 8));",
      "k.out(\"x\", F32, 1).at(k.arange(8)).store(k.zeros(F32, 8));"),
  /// K204: an array declared with `k.out` is only written.
  NOT_READABLE(
      "K204",
      "an array declared with `k.out` is only written",
      "Declare it with `k.inOut` to read what it held.",
      "k.out(\"x\", F32, 1).at(k.arange(8)).load();",
      "k.print(\"x\", k.inOut(\"x\", F32, 1).at(k.arange(8)).load());"),
  /// K205: a stored value has the element type of the array.
  WRONG_VALUE_TYPE(
      "K205",
      "a stored value has the element type of the array",
      "Convert it, and name the rounding where it matters: `.to(type, rounding, overflow)`.",
      "k.out(\"x\", BF16, 1).at(k.arange(8)).store(k.zeros(F32, 8));",
      "k.out(\"x\", BF16, 1).at(k.arange(8)).store(k.zeros(F32, 8).to(BF16));"),
  /// K206: atomic operations work on F32, F16, BF16, I32 and I64.
  NOT_ATOMIC(
      "K206",
      "atomic operations work on F32, F16, BF16, I32 and I64",
      "Bits change atomically in I32 and I64 only; exchange and compare-and-swap take 16 bits and more.",
      "k.inOut(\"x\", I8, 1).at(k.arange(8)).atomicAdd(k.zeros(I8, 8));",
      "k.inOut(\"x\", I32, 1).at(k.arange(8)).atomicAdd(k.zeros(I32, 8));"),
  /// K207: rows are gathered from a matrix, sizes and strides are given to a vector.
  WRONG_WINDOW(
      "K207",
      "rows are gathered from a matrix, sizes and strides are given to a vector",
      "`block(1, n).gather(rows, column)` takes chosen rows; `descriptor(...)` sees a vector as an array.",
      "k.in(\"x\", F32, 2).descriptor(k.scalar(8), k.scalar(8));",
      "k.print(\"x\", k.in(\"x\", F32, 1).descriptor(k.scalar(8), k.scalar(8)).at(k.arange(8), k.scalar(0)).load());"),
  /// K208: parameters have names of their own and are declared at the top.
  BAD_PARAMETER(
      "K208",
      "parameters have names of their own and are declared at the top",
      "Arrays have one to four dimensions.",
      "k.in(\"x\", F32, 1); k.in(\"x\", F32, 1);",
      "k.in(\"x\", F32, 1); k.in(\"y\", F32, 1);"),
  /// K301: every result is used.
  RESULT_UNUSED(
      "K301",
      "every result is used",
      "A tile never changes: `acc.add(x)` gives a new tile. Use it, or keep it in a `k.var`.",
      "k.zeros(F32, 8).add(1);",
      "var acc = k.var(k.zeros(F32, 8)); acc.inc(1); k.print(\"acc\", acc.get());"),
  /// K302: what a loop or a branch makes stays inside.
  USED_OUTSIDE(
      "K302",
      "what a loop or a branch makes stays inside",
      "Results leave through a `k.var`, which has a value whatever way the program takes.",
      "Tile[] last = new Tile[1]; k.range(0, 4).each(i -> last[0] = i.mul(2)); k.print(\"last\", last[0]);",
      "var last = k.var(k.scalar(0)); k.range(0, 4).each(i -> last.set(i.mul(2))); k.print(\"last\", last.get());"),
  /// K303: tiles of one kernel stay in it.
  OTHER_TRACE(
      "K303",
      "tiles of one kernel stay in it",
      "Each trace makes its own tiles; pass values between kernels through arrays.",
      "Tile[] kept = new Tile[1]; Kernel.define(\"first\", j -> kept[0] = j.arange(8)).trace(); k.print(\"kept\", kept[0]);",
      "k.print(\"own\", k.arange(8));"),
  /// K304: a var keeps its type and shape.
  VAR_CHANGES_TYPE(
      "K304",
      "a var keeps its type and shape",
      "Convert or reshape what it is set to, or start it with the type it will have.",
      "var v = k.var(k.zeros(F32, 8)); v.set(k.zeros(BF16, 8));",
      "var v = k.var(k.zeros(F32, 8)); v.set(k.zeros(BF16, 8).to(F32));"),
  /// K305: loops and branches of a program are decided by one value.
  NOT_A_SCALAR(
      "K305",
      "loops and branches of a program are decided by one value",
      "Reduce a mask with `.any()` or `.all()`, or choose per element with `mask.where(a, b)`.",
      "k.when(k.arange(8).lt(4), () -> {});",
      "k.when(k.arange(8).lt(4).any(), () -> {});"),
  /// K306: a loop counts up, in at least one stage.
  BAD_LOOP(
      "K306",
      "a loop counts up, in at least one stage",
      "Count down by computing the index: `to.sub(1).sub(i)`.",
      "k.range(8, 0, -1).each(i -> k.print(\"i\", i));",
      "k.range(0, 8).each(i -> k.print(\"i\", i.neg().add(7)));"),
  /// K307: a combiner computes element by element from its two sides.
  BAD_COMBINER(
      "K307",
      "a combiner computes element by element from its two sides",
      "It gets scalars, may use numbers, and gives one value per tile, of the type of the tile.",
      "var y = k.f32(\"y\"); k.zeros(F32, 8).reduce(0, (a, b) -> a.add(b).mul(y));",
      "k.print(\"r\", k.zeros(F32, 8).reduce(0, (a, b) -> a.mul(2).add(b)));"),
  /// K308: a kernel depends on its metas only.
  NOT_PURE(
      "K308",
      "a kernel depends on its metas only",
      "`checkPure()` traces twice and compares. Random choices, clocks and counters of the host differ between traces.",
      "int[] calls = {0}; Kernel.define(\"counts\", j -> j.print(\"n\", j.scalar(calls[0]++))).checkPure();",
      "Kernel.define(\"steady\", j -> j.print(\"n\", j.scalar(1))).checkPure();"),
  /// K309: a condition the kernel states about itself holds.
  CHECK_FAILED(
      "K309",
      "a condition the kernel states about itself holds",
      "`k.check(condition, message)` is decided while tracing; the message is yours.",
      "k.check(k.meta(\"BLOCK\", 16) >= 32, \"BLOCK must be at least 32\");",
      "k.check(k.meta(\"BLOCK\", 32) >= 32, \"BLOCK must be at least 32\");"),
  /// K401: `with` names a meta that the kernel declares.
  UNKNOWN_META(
      "K401",
      "`with` names a meta that the kernel declares",
      "The message names the nearest one.",
      "Kernel.define(\"sized\", j -> j.arange(j.meta(\"BLOCK\", 16))).with(\"BLOK\", 32).trace();",
      "Kernel.define(\"sized\", j -> j.arange(j.meta(\"BLOCK\", 16))).with(\"BLOCK\", 32).trace();"),
  /// K402: a meta is given a value of the kind it is declared with.
  WRONG_META(
      "K402",
      "a meta is given a value of the kind it is declared with",
      "Integers, numbers, truth values, enum constants and block formats are kinds of metas.",
      "Kernel.define(\"sized\", j -> j.arange(j.meta(\"BLOCK\", 16))).with(\"BLOCK\", true).trace();",
      "Kernel.define(\"sized\", j -> j.arange(j.meta(\"BLOCK\", 16))).with(\"BLOCK\", 64).trace();"),
  /// K403: arguments match the parameters in number, order, type and rank.
  WRONG_ARGUMENT(
      "K403",
      "arguments match the parameters in number, order, type and rank",
      "Arrays hold exactly the element type the kernel declares; numbers are given as Java numbers.",
      "Kernel.define(\"one\", j -> j.in(\"x\", F32, 1)).grid(1).call(KernelCall.Mode.COMPUTE);",
      "Kernel.define(\"none\", j -> j.print(\"pid\", j.programId(0))).grid(1).call(KernelCall.Mode.COMPUTE);"),
  /// K404: something runs the kernel.
  NO_LAUNCHER(
      "K404",
      "something runs the kernel",
      "Put the module `maia.runtime` on the path, or choose a launcher with `.on(launcher)`; the interpreter, `.interpret(...)`, is always there.",
      "Kernel.define(\"none\", j -> j.print(\"pid\", j.programId(0))).grid(1).run();",
      "Kernel.define(\"none\", j -> j.print(\"pid\", j.programId(0))).grid(1).call(KernelCall.Mode.COMPUTE);"),
  /// K405: at least one configuration may run.
  NOTHING_TO_TUNE(
      "K405",
      "at least one configuration may run",
      "Each configuration is reported with the reason it may not; allow smaller blocks or fewer rules.",
      "",
      ""),
  /// K502: the buffers of a program fit into the memory of a tile.
  OUT_OF_MEMORY(
      "K502",
      "the buffers of a program fit into the memory of a tile",
      "The message lists every buffer with its slots. Make blocks smaller, or keep fewer loads in flight with `.stages(n)`.",
      "var x = k.in(\"x\", F32, 2); var y = k.out(\"y\", F32, 2); var t = x.block(1024, 1024).at(k.scalar(0), k.scalar(0)).load(); y.block(1024, 1024).at(k.scalar(0), k.scalar(0)).store(t.exp());",
      "var x = k.in(\"x\", F32, 2); var y = k.out(\"y\", F32, 2); var t = x.block(16, 16).at(k.scalar(0), k.scalar(0)).load(); y.block(16, 16).at(k.scalar(0), k.scalar(0)).store(t.exp());"),
  /// K503: the queues of a program hand over with the semaphores of a tile.
  OUT_OF_SEMAPHORES(
      "K503",
      "the queues of a program hand over with the semaphores of a tile",
      "Load fewer arrays in one kernel, or split it.",
      "for (int i = 0; i < 40; i++) { var x = k.in(\"x\" + i, F32, 1); var y = k.out(\"y\" + i, F32, 1); y.at(k.arange(8)).store(x.at(k.arange(8)).load().exp()); }",
      "for (int i = 0; i < 2; i++) { var x = k.in(\"x\" + i, F32, 1); var y = k.out(\"y\" + i, F32, 1); y.at(k.arange(8)).store(x.at(k.arange(8)).load().exp()); }"),
  /// K505: the tensor unit takes the types of the operands.
  WRONG_UNIT(
      "K505",
      "the tensor unit takes the types of the operands",
      "The machine says which pairs of types its tensor unit multiplies.",
      "var x = k.in(\"x\", FP8_E4M3FNUZ, 2); var y = k.out(\"y\", F32, 2); var t = x.block(16, 16).at(k.scalar(0), k.scalar(0)).load(); y.block(16, 16).at(k.scalar(0), k.scalar(0)).store(k.dot(t, t, k.zeros(F32, 16, 16)));",
      "var x = k.in(\"x\", FP8_E4M3, 2); var y = k.out(\"y\", F32, 2); var t = x.block(16, 16).at(k.scalar(0), k.scalar(0)).load(); y.block(16, 16).at(k.scalar(0), k.scalar(0)).store(k.dot(t, t, k.zeros(F32, 16, 16)));"),
  /// K601: the text of a function has the form that printing gives it.
  BAD_TEXT(
      "K601",
      "the text of a function has the form that printing gives it",
      "`Func.parse(func.toString())` gives the function again.",
      "maia.kernel.ir.Func.parse(\"func f()\\n  %1: f32 = exp(%0)\\n\");",
      "maia.kernel.ir.Func.parse(\"func f(x: f32)\\n  %0: f32 = scalar(x, f32)\\n\");"),
  /// K701: every element a program touches lies inside its array.
  OUT_OF_BOUNDS(
      "K701",
      "every element a program touches lies inside its array",
      "Mask what lies beyond the end; a block from `x.block(...)` is masked for you. The simulator says N201.",
      "var x = k.in(\"x\", F32, 1); var i = k.programId(0).mul(16).add(k.arange(16)); k.print(\"x\", x.at(i).load());",
      "var x = k.in(\"x\", F32, 1); var i = k.programId(0).mul(16).add(k.arange(16)); k.print(\"x\", x.at(i).load(i.lt(x.size(0))));"),
  /// K702: what is read was written before.
  UNINITIALISED_READ(
      "K702",
      "what is read was written before",
      "An array declared with `k.out` holds nothing before the launch. Tracing refuses to read it (K204); functions from text are checked while they run. The simulator says N202.",
      "",
      ""),
  /// K703: nothing orders two programs but atomics.
  RACE(
      "K703",
      "nothing orders two programs but atomics",
      "Give every element to one program, or update it with atomics; what a program did before an atomic is seen by those that find its value. The simulator says N203.",
      "k.inOut(\"y\", F32, 1).at(k.arange(16)).store(k.zeros(F32, 16));",
      "k.inOut(\"y\", F32, 1).at(k.programId(0).mul(8).add(k.arange(8))).store(k.zeros(F32, 8));"),
  /// K704: an array declared with `k.out` is written completely.
  NOT_COVERED(
      "K704",
      "an array declared with `k.out` is written completely",
      "Launch enough programs, look at masks, or declare it with `k.inOut` to keep what it held. The simulator says N206.",
      "k.out(\"y\", F32, 1).at(k.programId(0).mul(4).add(k.arange(4))).store(k.zeros(F32, 4));",
      "k.out(\"y\", F32, 1).at(k.programId(0).mul(8).add(k.arange(8))).store(k.zeros(F32, 8));"),
  /// K705: integers stay in their type.
  DOES_NOT_FIT(
      "K705",
      "integers stay in their type",
      "Sums and products that do not fit are mistakes, not wrap-around; so are division by zero and shifts by more than the width. Hashes use `umulhi`, `shl` and `xor`. The simulator says N103.",
      "k.print(\"n\", k.scalar(Long.MAX_VALUE).add(k.programId(0)));",
      "k.print(\"n\", k.scalar(Long.MAX_VALUE).sub(k.programId(0)));"),
  /// K706: a histogram has a bin for every number.
  NO_SUCH_BIN(
      "K706",
      "a histogram has a bin for every number",
      "Numbers from 0 to bins - 1 are counted; mask the others. The simulator says N201.",
      "k.print(\"counts\", k.arange(16).histogram(8));",
      "k.print(\"counts\", k.arange(16).histogram(16));"),
  /// K707: a gather on chip asks for positions that exist.
  NO_SUCH_POSITION(
      "K707",
      "a gather on chip asks for positions that exist",
      "Indices run from 0 to the size of the dimension. The simulator says N201.",
      "var x = k.arange(16); k.print(\"next\", x.gather(x.add(1), 0));",
      "var x = k.arange(16); k.print(\"next\", x.gather(x.add(1).min(15), 0));"),
  /// K708: a condition asserted on the device holds.
  ASSERTION_FAILED(
      "K708",
      "a condition asserted on the device holds",
      "`k.deviceAssert(mask, message)` looks at every element; the message is yours. The simulator says N207.",
      "k.deviceAssert(k.programId(0).lt(1), \"one program\");",
      "k.deviceAssert(k.programId(0).lt(2), \"two programs\");"),
  /// K709: a hint to the compiler is true.
  HINT_IS_WRONG(
      "K709",
      "a hint to the compiler is true",
      "`k.assume(mask)` and `.assumeMultipleOf(n)` are checked in every run. The simulator says N207.",
      "k.print(\"start\", k.programId(0).mul(8).assumeMultipleOf(16));",
      "k.print(\"start\", k.programId(0).mul(16).assumeMultipleOf(16));"),
  /// K710: a loop moves on.
  LOOP_STANDS(
      "K710",
      "a loop moves on",
      "A step of 0 never ends; one that is computed may need `.max(1)`. The simulator says N102.",
      "k.range(k.scalar(0), k.scalar(4), k.programId(0)).each(i -> k.print(\"i\", i));",
      "k.range(k.scalar(0), k.scalar(4), k.programId(0).add(1)).each(i -> k.print(\"i\", i));"),
  /// K711: a loop ends.
  ENDLESS_LOOP(
      "K711",
      "a loop ends",
      "A `loopWhile` goes round at most 2^16 times, a `range` at most 2^26 times, in every mode. Programs run one after the other in the interpreter, and on each tile: a program that spins until a later one has done its atomic waits for ever. A lock that is taken and given back within a program never waits so. The simulator says N208.",
      "var n = k.var(k.scalar(1)); k.loopWhile(() -> n.get().gt(0), () -> n.inc(k.scalar(0)));",
      "var n = k.var(k.scalar(9)); k.loopWhile(() -> n.get().gt(0), () -> n.inc(k.scalar(-1)));");

  private final String code;
  private final String rule;
  private final String explanation;
  private final String wrong;
  private final String right;

  Mistake(String code, String rule, String explanation, String wrong, String right) {
    this.code = code;
    this.rule = rule;
    this.explanation = explanation;
    this.wrong = wrong;
    this.right = right;
  }

  /// The stable code, such as `K101`.
  public String code() {
    return code;
  }

  /// What must hold.
  public String rule() {
    return rule;
  }

  /// More about the rule, and what to do.
  public String explanation() {
    return explanation;
  }

  /// Java statements over a context `k` that are refused with this mistake; empty where the mistake
  /// depends on more than a few lines.
  public String wrong() {
    return wrong;
  }

  /// The statements, put right.
  public String right() {
    return right;
  }
}
