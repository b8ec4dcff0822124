"""How a policy learns: rollouts, rewards, gradients."""
