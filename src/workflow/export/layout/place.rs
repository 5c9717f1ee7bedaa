//! The height of each spot.

use super::order::{Link, Net, Thing};

/// The top of each spot, after so many sweeps (an odd number ends from left to right).
pub fn tops(net: &Net, sweeps: usize) -> Vec<i32> {
    let mut tops = vec![0; net.spots.len()];
    for layer in &net.layers {
        let mut y = 0;
        let mut above: Option<usize> = None;
        for &spot in layer {
            y += above.map_or(0, |a| gap(net, a, spot));
            tops[spot] = y;
            y += net.spots[spot].height;
            above = Some(spot);
        }
    }
    for sweep in 0..sweeps {
        let count = net.layers.len();
        for step in 0..count {
            let layer = if sweep % 2 == 0 {
                step
            } else {
                count - 1 - step
            };
            settle(net, &mut tops, layer, sweep % 2 == 0);
        }
    }
    straighten(net, &mut tops);
    let highest = tops.iter().min().copied().unwrap_or(0);
    for top in &mut tops {
        *top -= highest;
    }
    tops
}

/// A step this small in an arrow looks like a mistake.
const JOG: i32 = 2;

/// Takes small steps out of arrows, from left to right; no spot moves by more than one.
fn straighten(net: &Net, tops: &mut [i32]) {
    let settled = tops.to_vec();
    for links in &net.links {
        let step = |tops: &[i32], link: &Link| {
            tops[link.left] + link.left_y - tops[link.right] - link.right_y
        };
        for link in links {
            let mut beside = links.iter().filter(|l| l.right == link.right);
            let by = step(tops, link);
            let moved = (tops[link.right] + by - settled[link.right]).abs();
            if beside.all(|l| step(tops, l) != 0) && by.abs() <= JOG && moved <= JOG {
                tops[link.right] += by;
            }
        }
    }
}

/// The empty height between two neighbours.
fn gap(net: &Net, above: usize, below: usize) -> i32 {
    let way = |spot: usize| matches!(net.spots[spot].thing, Thing::Way { .. });
    match (way(above), way(below)) {
        (true, true) => 10,
        (true, false) | (false, true) => 16,
        (false, false) => 26,
    }
}

/// Moves the spots of a layer towards their neighbours on one side, in the same order.
fn settle(net: &Net, tops: &mut [i32], layer: usize, from_left: bool) {
    let spots = &net.layers[layer];
    let wished: Vec<(i32, i32)> = spots
        .iter()
        .map(|&spot| wish(net, tops, spot, from_left))
        .collect();
    let mut offset = 0;
    let mut offsets = Vec::with_capacity(spots.len());
    for (row, &spot) in spots.iter().enumerate() {
        if row > 0 {
            let above = spots[row - 1];
            offset += net.spots[above].height + gap(net, above, spot);
        }
        offsets.push(offset);
    }
    let levels: Vec<(i32, i32)> = wished
        .iter()
        .zip(&offsets)
        .map(|((top, weight), offset)| (top - offset, *weight))
        .collect();
    for ((spot, level), offset) in spots.iter().zip(rising(&levels)).zip(&offsets) {
        tops[*spot] = level + offset;
    }
}

/// Where a spot would like its top to be, and how much.
fn wish(net: &Net, tops: &[i32], spot: usize, from_left: bool) -> (i32, i32) {
    let own = net.spots[spot];
    let links = if from_left {
        own.layer.checked_sub(1).map(|left| &net.links[left])
    } else {
        net.links.get(own.layer)
    };
    let is_box = |s: usize| matches!(net.spots[s].thing, Thing::Node(_));
    let mut level = Vec::new();
    let mut straight = Vec::new();
    for link in links.into_iter().flatten() {
        let (me, my_y, other, other_y) = if from_left {
            (link.right, link.right_y, link.left, link.left_y)
        } else {
            (link.left, link.left_y, link.right, link.right_y)
        };
        if me != spot {
            continue;
        }
        if is_box(me) && is_box(other) {
            level.push(tops[other] + net.spots[other].axis - own.axis);
        } else {
            straight.push(tops[other] + other_y - my_y);
        }
    }
    // Two boxes stand level; failing that, an arrow and what it touches make a straight line.
    let mut wishes = if level.is_empty() { straight } else { level };
    wishes.sort_unstable();
    // Boxes decide, arrows give way.
    let weight = match own.thing {
        Thing::Way { .. } => 1,
        Thing::Node(_) => 400,
        Thing::Label(_) => 20,
    };
    match wishes.get(wishes.len().saturating_sub(1) / 2) {
        Some(middle) => (*middle, weight),
        None => (tops[spot], 1),
    }
}

/// The rising sequence nearest to the wished levels (least weighted squares): neighbours that
/// would overlap are pooled at their mean.
fn rising(wished: &[(i32, i32)]) -> Vec<i32> {
    let mut pools: Vec<(i64, i64, usize)> = Vec::new();
    for &(level, weight) in wished {
        let weight = i64::from(weight);
        let mut pool = (i64::from(level) * weight, weight, 1);
        while let Some(last) = pools.last().copied()
            && last.0 * pool.1 >= pool.0 * last.1
        {
            pool = (pool.0 + last.0, pool.1 + last.1, pool.2 + last.2);
            pools.pop();
        }
        pools.push(pool);
    }
    pools
        .into_iter()
        .flat_map(|(sum, weight, count)| {
            let level = i32::try_from(sum.div_euclid(weight)).unwrap_or(0);
            std::iter::repeat_n(level, count)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::rising;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn levels_rise_and_wishes_that_rise_are_granted(
            wished in prop::collection::vec((-500..500i32, 1..5i32), 1..20)
        ) {
            let levels = rising(&wished);
            prop_assert!(levels.is_sorted());
            let mut sorted = wished;
            sorted.sort_by_key(|w| w.0);
            sorted.dedup_by_key(|w| w.0);
            let granted: Vec<i32> = sorted.iter().map(|w| w.0).collect();
            prop_assert_eq!(rising(&sorted), granted);
        }
    }
}
