package dev.backlane.bench.peer;

/** A peer that trains and runs networks. Jobs walk through the network's batches, one for each run, and begin again. */
public interface NetworkPeer extends Peer {
    /**
     * Prepares training steps: forward pass, loss averaged over the batch, backward pass, update.
     *
     * @param network what to train
     * @return a job whose result is the parameters in Backlane's layout
     */
    Job training(Network network);

    /**
     * Prepares forward passes that keep nothing for a backward pass.
     *
     * @param network what to run
     * @return a job whose result is the last batch's logits
     */
    Job inference(Network network);
}
