//! Circles in graphs: what holds what, and what leads where.

/// The strongly connected component of each node (Tarjan, with a stack of its own: graphs may be deep).
pub(crate) fn components(edges: &[Vec<usize>]) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let mut state = Tarjan {
        order: vec![NONE; edges.len()],
        low: vec![0; edges.len()],
        component: vec![NONE; edges.len()],
        stack: Vec::new(),
        next: 0,
        count: 0,
    };
    for start in 0..edges.len() {
        if state.order[start] == NONE {
            state.search(start, edges);
        }
    }
    state.component
}

struct Tarjan {
    order: Vec<usize>,
    low: Vec<usize>,
    component: Vec<usize>,
    stack: Vec<usize>,
    next: usize,
    count: usize,
}

impl Tarjan {
    fn open(&mut self, node: usize) {
        self.order[node] = self.next;
        self.low[node] = self.next;
        self.next += 1;
        self.stack.push(node);
    }

    fn search(&mut self, start: usize, edges: &[Vec<usize>]) {
        let mut path = vec![(start, 0)];
        self.open(start);
        while let Some((node, at)) = path.last_mut() {
            let node = *node;
            if let Some(&to) = edges[node].get(*at) {
                *at += 1;
                if self.order[to] == usize::MAX {
                    self.open(to);
                    path.push((to, 0));
                } else if self.component[to] == usize::MAX {
                    self.low[node] = self.low[node].min(self.order[to]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                self.low[*parent] = self.low[*parent].min(self.low[node]);
            }
            if self.low[node] == self.order[node] {
                self.close(node);
            }
        }
    }

    fn close(&mut self, root: usize) {
        while let Some(node) = self.stack.pop() {
            self.component[node] = self.count;
            if node == root {
                break;
            }
        }
        self.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn cycles_are_components() {
        let found = components(&[vec![1], vec![2], vec![0, 3], vec![], vec![4]]);
        assert!(found[0] == found[1] && found[1] == found[2]);
        assert!(found[3] != found[0] && found[4] != found[3]);
    }

    #[test]
    fn a_deep_chain_needs_no_stack() {
        let edges: Vec<Vec<usize>> = (0..100_000).map(|n| if n < 99_999 { vec![n + 1] } else { vec![0] }).collect();
        let found = components(&edges);
        assert!(found.iter().all(|component| *component == found[0]));
    }
}
