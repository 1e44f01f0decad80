// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A token that calls back whenever it moves, as one with receiver hooks would.
contract HostileToken is ERC20 {
    uint256 public constant cap = 2_000_000e18;
    address private _target;
    bytes private _data;
    bool public reentered;
    bytes public refusal;

    constructor() ERC20("Hostile", "HOST") {
        _mint(msg.sender, 1_000_000e18);
    }

    /// @notice What the next movement calls, once.
    function arm(address target, bytes calldata data) external {
        (_target, _data, reentered, refusal) = (target, data, false, "");
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function burn(uint256 amount) external {
        _burn(msg.sender, amount);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (_target == address(0)) return;
        address target = _target;
        _target = address(0);
        (reentered, refusal) = target.call(_data);
    }
}
