/// A run and a price book into time, energy and money; what an hour and a token cost.
///
/// In: simulated runs and a dated [PriceBook]. Out: a [CostReport] with ranges, never single
/// dollars. [Economics] builds an owned hour up from uncertain inputs, with a tornado and a
/// Monte-Carlo band; [TokenCost] turns a rate into dollars, energy and carbon of tokens; [Claims]
/// recomputes what is publicly said of Maia 200. No Maia 200 price is public, so every dollar here
/// is modelled and says so.
@NullMarked
package maia.cost;

import org.jspecify.annotations.NullMarked;
