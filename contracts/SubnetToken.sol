// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Capped} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// @notice The subnet's token: stake, payment and votes. The genesis supply counts in the hard cap, and the
/// rest can only be minted by the RewardVault.
contract SubnetToken is ERC20, ERC20Permit, ERC20Votes, ERC20Capped, ERC20Burnable {
    /// @notice The RewardVault: no vote can name another.
    address public immutable minter;

    error NotMinter(address caller, address minter);

    constructor(
        address minter_,
        string memory name,
        string memory symbol,
        uint256 cap,
        uint256 genesisSupply,
        address genesisHolder
    ) ERC20(name, symbol) ERC20Permit(name) ERC20Capped(cap) {
        minter = minter_;
        _mint(genesisHolder, genesisSupply);
    }

    /// @notice Restricted to the minter.
    function mint(address to, uint256 amount) external {
        require(msg.sender == minter, NotMinter(msg.sender, minter));
        _mint(to, amount);
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Capped, ERC20Votes) {
        super._update(from, to, value);
    }
}
